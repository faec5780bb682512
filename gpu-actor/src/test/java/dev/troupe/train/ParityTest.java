package dev.troupe.train;

import static dev.troupe.train.ParityFixture.parallel;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.ParameterSpec.Piece;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.Precision;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A small model against PyTorch: logits, loss, every gradient, 20 steps of AdamW. */
class ParityTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "llama-gqa,1,NONE",
    "llama-gqa,2,NONE",
    "llama-gqa,4,NONE",
    "llama-gqa,1,SELECTIVE",
    "llama-gqa,2,FULL",
    "llama-tied,1,NONE",
    "llama-tied,1,FULL"
  })
  void lossAndEveryGradientEqualPyTorchs(String name, int tp, Recompute recompute) {
    try (ParityFixture fixture = new ParityFixture(name)) {
      JobSpec job =
          fixture.job(parallel(tp, 1, false, 1), fixture.batch(), 1, Precision.FP32, recompute);
      Path start = fixture.initialCheckpoint(folder);
      List<Map<String, float[]>> ranks =
          Ranks.run(
              job,
              new DeviceMesh(tp, 1),
              fixture.data(),
              start,
              (parts, trainer) -> {
                Prepared prepared = trainer.prepare();
                Compare.relative("loss", fixture.doubles("loss.fp64")[0], prepared.loss(), 1e-6);
                return gradients(parts);
              });
      for (Map<String, float[]> gradients : ranks) {
        assertEquals(false, gradients.isEmpty());
        gradients.forEach(
            (where, values) -> Compare.norm(where, expected(fixture, where), values, 1e-4 / 10));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"llama-gqa,1,1,12", "llama-gqa,2,2,4", "llama-tied,1,1,1", "llama-tied,1,2,2"})
  void twentyStepsFollowPyTorchs(String name, int tp, int dp, int shards) {
    try (ParityFixture fixture = new ParityFixture(name)) {
      JobSpec job =
          fixture.job(parallel(tp, dp, false, shards), fixture.globalBatch(), 1, Precision.FP32);
      List<Prepared> steps = train(fixture, job, new DeviceMesh(tp, dp));
      double[] losses = fixture.doubles("losses.fp64");
      double[] norms = fixture.doubles("grad_norms.fp64");
      double[] rates = fixture.doubles("learning_rates");
      for (int i = 0; i < losses.length; i++) {
        Compare.relative("loss of step " + (i + 1), losses[i], steps.get(i).loss(), 1e-5);
        Compare.relative("norm of step " + (i + 1), norms[i], steps.get(i).gradNorm(), 1e-4);
        Compare.relative("rate of step " + (i + 1), rates[i], steps.get(i).lr(), 1e-12);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2"})
  void bfloat16StaysWithinItsOwnSpread(int tp, int dp) {
    try (ParityFixture fixture = new ParityFixture("llama-gqa");
        ParityFixture bf16 = new ParityFixture("llama-gqa-bf16")) {
      JobSpec job =
          fixture.job(parallel(tp, dp, false, dp), fixture.globalBatch(), 3, Precision.BF16);
      List<Prepared> steps = train(fixture, job, new DeviceMesh(tp, dp));
      double[] losses = fixture.doubles("losses.fp64");
      double bound = 3 * bf16.number("spread.bf16.losses");
      for (int i = 0; i < losses.length; i++) {
        Compare.relative("loss of step " + (i + 1), losses[i], steps.get(i).loss(), bound);
      }
    }
  }

  private List<Prepared> train(ParityFixture fixture, JobSpec job, DeviceMesh mesh) {
    return Ranks.run(
            job,
            mesh,
            fixture.data(),
            fixture.initialCheckpoint(folder),
            (parts, trainer) -> {
              List<Prepared> steps = new ArrayList<>();
              for (int i = 0; i < job.train().steps(); i++) {
                steps.add(trainer.prepare());
                trainer.commit();
              }
              return steps;
            })
        .getFirst();
  }

  /** Main gradients of a rank by "tensor row rows col cols". */
  private static Map<String, float[]> gradients(RankParts parts) {
    Map<String, float[]> gradients = new TreeMap<>();
    for (Parameter parameter : parts.flat().byName().values()) {
      float[] all = read(parts.device(), parameter.grad());
      for (Piece p : parameter.spec().pieces()) {
        int cols = parameter.spec().cols();
        float[] piece = new float[p.rows() * cols];
        System.arraycopy(all, p.localRow() * cols, piece, 0, piece.length);
        gradients.put(
            "%s %d %d %d %d".formatted(p.tensor(), p.row(), p.rows(), p.col(), cols), piece);
      }
    }
    return gradients;
  }

  private static float[] expected(ParityFixture fixture, String where) {
    List<String> words = List.of(where.split(" ", -1));
    float[] all = fixture.floats("grad." + words.getFirst());
    int row = Integer.parseInt(words.get(1));
    int rows = Integer.parseInt(words.get(2));
    int col = Integer.parseInt(words.get(3));
    int cols = Integer.parseInt(words.get(4));
    int width = fixture.model().hidden();
    if (words.getFirst().endsWith("down_proj.weight")) {
      width = fixture.model().ffn();
    }
    float[] part = new float[rows * cols];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(all, (row + r) * width + col, part, r * cols, cols);
    }
    return part;
  }

  private static float[] read(Device device, Tensor tensor) {
    float[] values = new float[(int) tensor.elements()];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(ValueLayout.JAVA_FLOAT, values.length);
      BufferView view = tensor.view();
      assertEquals(DataType.FLOAT32, view.type());
      device.read(view, host);
      MemorySegment.copy(host, ValueLayout.JAVA_FLOAT, 0, values, 0, values.length);
    }
    return values;
  }
}
