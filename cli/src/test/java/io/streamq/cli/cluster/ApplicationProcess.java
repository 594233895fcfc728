package io.streamq.cli.cluster;

import java.io.File;
import java.util.Arrays;
import org.apache.flink.client.deployment.application.ApplicationClusterEntryPoint;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.entrypoint.ClusterEntrypoint;
import org.apache.flink.runtime.resourcemanager.StandaloneResourceManagerFactory;

/**
 * A JobManager in application mode, which runs the job's main method whenever it starts: what Flink's image starts as
 * standalone-job, whose own main class lies in a jar that nothing else needs.
 */
public final class ApplicationProcess extends ApplicationClusterEntryPoint {
    private ApplicationProcess(Configuration settings, PackagedProgram program) {
        super(settings, program, StandaloneResourceManagerFactory.getInstance());
    }

    /** Takes the folder of the configuration, the job's jar, and the job's arguments. */
    public static void main(String[] args) throws Exception {
        Configuration settings = GlobalConfiguration.loadConfiguration(args[0]);
        PackagedProgram program = PackagedProgram.newBuilder()
                .setJarFile(new File(args[1]))
                .setArguments(Arrays.copyOfRange(args, 2, args.length))
                .setConfiguration(settings)
                .build();
        configureExecution(settings, program);
        ClusterEntrypoint.runClusterEntrypoint(new ApplicationProcess(settings, program));
    }
}
