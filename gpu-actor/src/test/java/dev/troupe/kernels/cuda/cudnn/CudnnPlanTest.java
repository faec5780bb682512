package dev.troupe.kernels.cuda.cudnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.config.Presets;
import dev.troupe.proto.spec.ModelSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What NVIDIA's cuDNN says of our graphs, for GPUs that are not here. */
class CudnnPlanTest {
  private static final int LENGTH = 2048;
  private static final int LONG = 4096;

  @TempDir Path folder;

  /** What a rank has of each preset, whole or at the most tensor parallelism that divides it. */
  private static Set<PlanRequest> ofPresets(DescribedGpu gpu, int length, int mostParallel) {
    Set<PlanRequest> requests = new LinkedHashSet<>();
    for (String preset : Presets.names()) {
      ModelSpec model =
          JobConfig.parse("model.preset = \"%s\", model.vocab = 32000".formatted(preset)).model();
      int tp = mostParallel;
      while (model.heads() % tp != 0) {
        tp /= 2;
      }
      requests.add(
          PlanRequest.of(
              gpu, model.heads() / tp, Math.max(1, model.kvHeads() / tp), model.headDim(), length));
    }
    return requests;
  }

  private Map<PlanRequest, PlanAnswer> compile(List<PlanRequest> requests) throws Exception {
    return PlanProcess.run(folder, requests);
  }

  private static void assertCompiled(Map<PlanRequest, PlanAnswer> answers) {
    answers.forEach(
        (request, answer) -> assertTrue(answer.compiled(), request + ": " + answer.refusal()));
  }

  @Test
  void shouldCompileEveryPresetForBothGpus() throws Exception {
    List<PlanRequest> requests = new ArrayList<>(ofPresets(DescribedGpu.H200, LONG, 1));
    requests.addAll(ofPresets(DescribedGpu.A100, LENGTH, 8));
    assertCompiled(compile(requests));
  }

  @Test
  void shouldCompileWindowsDeterminismAndOddLengths() throws Exception {
    List<PlanRequest> requests = new ArrayList<>();
    for (DescribedGpu gpu : DescribedGpu.values()) {
      requests.add(PlanRequest.of(gpu, 8, 2, 128, LENGTH).windowed(512));
      requests.add(PlanRequest.of(gpu, 8, 2, 128, LENGTH).exact());
      requests.add(PlanRequest.of(gpu, 8, 8, 64, LONG));
      requests.add(PlanRequest.of(gpu, 6, 3, 80, 207));
    }
    Map<PlanRequest, PlanAnswer> answers = compile(requests);
    assertCompiled(answers);
    answers.forEach(
        (request, answer) -> {
          if (request.deterministic()) {
            assertTrue(answer.backwardBytes() >= 2L * 8 * LENGTH * LENGTH, request + ": " + answer);
          }
        });
  }

  @Test
  void shouldSayWhatDoesNotCompile() throws Exception {
    PlanRequest wide = PlanRequest.of(DescribedGpu.A100, 16, 2, 256, LENGTH);
    assertEquals(
        List.of(new PlanAnswer("cuDNN has no engine for this attention on this GPU", 0, 0, 0)),
        List.copyOf(compile(List.of(wide)).values()));
  }
}
