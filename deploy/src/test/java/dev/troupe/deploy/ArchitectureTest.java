package dev.troupe.deploy;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;

/**
 * The arrows between the parts:
 *
 * <pre>
 * proto &lt;- collectives &lt;- gpu-actor &lt;- deploy
 * proto &lt;- coordinator &lt;- deploy          coordinator uses collectives.mesh only
 *
 * inside gpu-actor: actor -&gt; train -&gt; {model, optim, checkpoint, data}
 *                   model -&gt; {parallel, layer} -&gt; kernels -&gt; tensor -&gt; collectives
 *                   huggingface -&gt; {model, checkpoint}
 *                   eval -&gt; data
 * </pre>
 *
 * A rule for a package that is still empty holds for it from its first class on.
 */
@AnalyzeClasses(
    packages = "dev.troupe",
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {
  /** Other modules' tests come as a jar once they are packaged. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  private static final String DEPLOY = "dev.troupe.deploy..";
  private static final String COORDINATOR = "dev.troupe.coordinator..";
  private static final String ACTOR = "dev.troupe.actor..";
  private static final String TRAIN = "dev.troupe.train..";
  private static final String[] STATE = {
    "dev.troupe.optim..", "dev.troupe.checkpoint..", "dev.troupe.data.."
  };
  private static final String MODEL = "dev.troupe.model..";
  private static final String[] LAYERS = {"dev.troupe.layer..", "dev.troupe.parallel.."};
  private static final String KERNELS = "dev.troupe.kernels..";
  private static final String TENSOR = "dev.troupe.tensor..";
  private static final String HUGGING_FACE = "dev.troupe.huggingface..";
  private static final String EVAL = "dev.troupe.eval..";
  private static final String[] GPU_ACTOR = {
    ACTOR,
    TRAIN,
    STATE[0],
    STATE[1],
    STATE[2],
    MODEL,
    LAYERS[0],
    LAYERS[1],
    KERNELS,
    TENSOR,
    HUGGING_FACE,
    EVAL
  };

  @ArchTest
  static final ArchRule protoUsesNoOtherModule =
      noClasses()
          .that()
          .resideInAPackage("dev.troupe.proto..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.troupe..").and(not(resideInAPackage("dev.troupe.proto.."))));

  @ArchTest
  static final ArchRule collectivesUseOnlyProto =
      noClasses()
          .that()
          .resideInAPackage("dev.troupe.collectives..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.troupe..")
                  .and(not(resideInAnyPackage("dev.troupe.proto..", "dev.troupe.collectives.."))));

  @ArchTest
  static final ArchRule theCoordinatorUsesOnlyProtoAndTheMesh =
      noClasses()
          .that()
          .resideInAPackage(COORDINATOR)
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.troupe..")
                  .and(
                      not(
                          resideInAnyPackage(
                              COORDINATOR, "dev.troupe.proto..", "dev.troupe.collectives.mesh.."))))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule nothingUsesDeploy =
      noClasses()
          .that()
          .resideOutsideOfPackage(DEPLOY)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(DEPLOY);

  @ArchTest
  static final ArchRule theTrainerKnowsNeitherActorsNorTheCoordinator =
      below(new String[] {TRAIN}, ACTOR);

  @ArchTest static final ArchRule theStateKnowsNoTrainer = below(STATE, ACTOR, TRAIN);

  @ArchTest
  static final ArchRule theModelKnowsNoTrainer = below(new String[] {MODEL}, ACTOR, TRAIN);

  @ArchTest
  static final ArchRule importAndExportKnowNoTrainer =
      below(new String[] {HUGGING_FACE}, ACTOR, TRAIN);

  @ArchTest
  static final ArchRule whatIsAskedOfAModelDoesNotDependOnIt =
      below(new String[] {EVAL}, ACTOR, TRAIN, MODEL, "dev.troupe.infer..");

  @ArchTest static final ArchRule layersKnowNoModel = below(LAYERS, ACTOR, TRAIN, MODEL);

  @ArchTest
  static final ArchRule kernelsKnowNoLayers =
      below(new String[] {KERNELS}, ACTOR, TRAIN, MODEL, LAYERS[0], LAYERS[1]);

  @ArchTest
  static final ArchRule tensorsKnowNoKernels =
      below(new String[] {TENSOR}, ACTOR, TRAIN, MODEL, LAYERS[0], LAYERS[1], KERNELS);

  @ArchTest
  static final ArchRule layersAndBelowReadNoState =
      noClasses()
          .that()
          .resideInAnyPackage(LAYERS[0], LAYERS[1], KERNELS, TENSOR)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(STATE)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule layersAndBelowReadNoConfiguration =
      noClasses()
          .that()
          .resideInAnyPackage(LAYERS[0], LAYERS[1], KERNELS, TENSOR, "dev.troupe.collectives..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.troupe.proto.config..", "dev.troupe.proto.spec..");

  @ArchTest
  static final ArchRule noActorsBelowActor =
      noClasses()
          .that(
              resideInAnyPackage(GPU_ACTOR)
                  .or(resideInAPackage("dev.troupe.collectives.."))
                  .and(not(resideInAPackage(ACTOR))))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.pekko..");

  @ArchTest
  static final ArchRule generatedMessagesStayInProto =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.troupe.proto..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.troupe.proto.wire..");

  @ArchTest
  static final ArchRule gpuBindingsStayInTheirPackages =
      noClasses()
          .that(not(resideInAnyPackage("..cuda..", "..nccl..")))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.bytedeco..", "jcuda..");

  @ArchTest
  static final ArchRule nativeTokenizersStayInTheirPackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.troupe.data.djl..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule parquetStaysInItsPackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.troupe.data.parquet..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.hardwood..");

  @ArchTest
  static final ArchRule noCyclesBetweenPackages =
      slices().matching("dev.troupe.(**)").namingSlices("$1").should().beFreeOfCycles();

  private static ArchRule below(String[] packages, String... above) {
    String[] forbidden = Arrays.copyOf(above, above.length + 1);
    forbidden[above.length] = COORDINATOR;
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .allowEmptyShould(true);
  }
}
