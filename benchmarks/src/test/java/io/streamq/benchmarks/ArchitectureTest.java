package io.streamq.benchmarks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.streamq.benchmarks", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("io.streamq.benchmarks.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule noPackageDependsOnTheOneThatComposesThem = noClasses()
            .that()
            .resideInAPackage("io.streamq.benchmarks.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.streamq.benchmarks");
}
