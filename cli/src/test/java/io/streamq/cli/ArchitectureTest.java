package io.streamq.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.streamq.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("io.streamq.cli.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule noPackageDependsOnTheOneThatComposesThem = noClasses()
            .that()
            .resideInAPackage("io.streamq.cli.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.streamq.cli");
}
