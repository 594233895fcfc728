package io.streamq.job;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.streamq.schemas.PolicyConfigOutcome;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.UpdateReason;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;

@AnalyzeClasses(packages = "io.streamq.job", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule onlyThePackageKafkaKnowsKafka = noClasses()
            .that()
            .resideOutsideOfPackage("io.streamq.job.kafka")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.apache.flink.connector.kafka..");

    @ArchTest
    static final ArchRule learningKnowsNothingOfTheWire = noClasses()
            .that()
            .resideInAPackage("io.streamq.job.learn")
            .should()
            .dependOnClassesThat(resideInAPackage("org.apache.avro..")
                    .or(resideInAPackage("io.streamq.schemas..")
                            .and(DescribedPredicate.not(
                                    belongToAnyOf(UpdateReason.class, PolicyConfigOutcome.class, PolicyKey.class)))));

    @ArchTest
    static final ArchRule onlyDecodingPoliciesAndTheEndsReadAndWriteAvro = noClasses()
            .that()
            .resideOutsideOfPackages("io.streamq.job.kafka", "io.streamq.job.decode", "io.streamq.job.policy")
            .and()
            .doNotHaveSimpleName(
                    "PolicyOptions") // builds a configuration, for which Avro's builders want AvroCodec's trust
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.avro..")
            .orShould()
            .dependOnClassesThat()
            .haveSimpleName("AvroCodec");

    @ArchTest
    static final ArchRule nothingIsLeftToKryo = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(GenericTypeInfo.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("com.esotericsoftware..");

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("io.streamq.job.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule noPackageDependsOnTheOneThatComposesThem = noClasses()
            .that()
            .resideInAPackage("io.streamq.job.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.streamq.job");
}
