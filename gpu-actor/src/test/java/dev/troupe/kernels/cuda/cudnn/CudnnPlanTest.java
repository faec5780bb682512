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

  private record Heads(int heads, int kvHeads, int width) {}

  /** What a rank of each preset has, at every way of tensor parallelism that divides it. */
  private static Set<Heads> splits() {
    Set<Heads> splits = new LinkedHashSet<>();
    for (String preset : Presets.names()) {
      ModelSpec model =
          JobConfig.parse("model.preset = \"%s\", model.vocab = 32000".formatted(preset)).model();
      for (int tp = 1; tp <= 8; tp *= 2) {
        if (model.heads() % tp == 0) {
          splits.add(
              new Heads(
                  model.heads() / tp, Math.max(1, model.kvHeads() / tp), model.headDim()));
        }
      }
    }
    return splits;
  }

  private Map<PlanRequest, PlanAnswer> compile(List<PlanRequest> requests) throws Exception {
    return PlanProcess.run(folder, requests);
  }

  private static void assertCompiled(Map<PlanRequest, PlanAnswer> answers) {
    answers.forEach(
        (request, answer) -> assertTrue(answer.compiled(), request + ": " + answer.refusal()));
  }

  @Test
  void shouldCompileEverySplitOfEveryPresetForBothGpus() throws Exception {
    List<PlanRequest> requests = new ArrayList<>();
    for (Heads h : splits()) {
      requests.add(
          PlanRequest.of(DescribedGpu.H200, h.heads(), h.kvHeads(), h.width(), LONG));
      requests.add(
          PlanRequest.of(DescribedGpu.A100, h.heads(), h.kvHeads(), h.width(), LENGTH));
    }
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
