package dev.troupe.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.kernels.AdamStep;
import dev.troupe.kernels.Close;
import dev.troupe.kernels.Matrix;
import dev.troupe.kernels.ReferenceAdamW;
import dev.troupe.layer.Parameter;
import dev.troupe.proto.spec.Schedule;
import dev.troupe.proto.spec.TrainSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Five steps of sharded AdamW against scalar float64 state of whole parameters. */
class AdamWTest {
  private static final int STEPS = 5;
  private static final double LR = 0.03;
  private static final double CLIPPED = 0.6;
  private static final TrainSpec TRAIN =
      OptimizerJobs.train(STEPS, LR, LR, 0, 0.2, Schedule.CONSTANT);

  @ParameterizedTest
  @CsvSource({"1,FLOAT32", "2,FLOAT32", "3,FLOAT32", "1,BFLOAT16", "3,BFLOAT16"})
  void followsTheReference(int dp, DataType type) {
    List<Long> owned = OptimizerRank.all(new DeviceMesh(1, dp), type, rank -> run(rank, type));
    long parameters =
        OptimizerJobs.layout(1, 0).buckets().stream()
            .flatMap(bucket -> bucket.parameters().stream())
            .mapToLong(spec -> spec.elements())
            .sum();
    assertEquals(parameters, owned.stream().mapToLong(n -> n).sum(), "compared masters");
  }

  /** Steps and compares; returns the number of master weights that were compared. */
  private static long run(OptimizerRank rank, DataType type) {
    Map<String, ReferenceAdamW> references = new HashMap<>();
    try (AdamW adam =
        new AdamW(rank.device().device(), rank.device().kernels(), rank.flat(), rank.dp(), TRAIN)) {
      for (OwnedRange range : adam.own().ranges()) {
        Matrix start = OptimizerRank.normal(range.parameter(), 1);
        rank.device().write(adam.own().master(range), part(start, range));
      }
      adam.publishMasters();
      for (Parameter p : rank.flat().byName().values()) {
        Matrix start = OptimizerRank.normal(p, 1).map(v -> (float) v);
        references.put(p.spec().name(), ReferenceAdamW.start(start));
      }
      for (int t = 1; t <= STEPS; t++) {
        step(rank, adam, references, t);
      }
      return compare(rank, adam, references, type);
    }
  }

  private static void step(
      OptimizerRank rank, AdamW adam, Map<String, ReferenceAdamW> references, int t) {
    int dp = rank.dp().size();
    for (Parameter p : rank.flat().byName().values()) {
      Matrix sum = Matrix.zeros(p.spec().rows(), p.spec().cols());
      for (int r = 0; r < dp; r++) {
        sum = sum.plus(OptimizerRank.normal(p, 100L * t + r));
      }
      rank.device().write(p.grad(), OptimizerRank.normal(p, 100L * t + rank.dp().rank()));
      double decay = p.spec().decayed() ? TRAIN.weightDecay() : 0;
      AdamStep step =
          new AdamStep(LR / t, TRAIN.beta1(), TRAIN.beta2(), TRAIN.adamEps(), decay, CLIPPED, t);
      find(references, p).step(sum, step);
    }
    rank.reduce();
    adam.update(rank.reducer(), t, LR / t, CLIPPED);
    adam.gather();
  }

  private static ReferenceAdamW find(Map<String, ReferenceAdamW> references, Parameter p) {
    return Objects.requireNonNull(references.get(p.spec().name()), p.spec().name());
  }

  private static long compare(
      OptimizerRank rank, AdamW adam, Map<String, ReferenceAdamW> references, DataType type) {
    for (Parameter p : rank.flat().byName().values()) {
      Matrix expected = find(references, p).weight();
      Close.check(p.spec().name(), expected, rank.device().read(p.value()), tolerance(type));
    }
    long compared = 0;
    for (OwnedRange range : adam.own().ranges()) {
      String name = range.parameter().spec().name();
      ReferenceAdamW state = find(references, range.parameter());
      Close.check(
          "master of " + name,
          part(state.weight(), range),
          rank.device().read(adam.own().master(range)),
          tolerance(DataType.FLOAT32));
      Close.check(
          "first moment of " + name,
          part(state.expAvg(), range),
          rank.device().read(adam.own().expAvg(range)),
          tolerance(DataType.FLOAT32));
      Close.check(
          "second moment of " + name,
          part(state.expAvgSq(), range),
          rank.device().read(adam.own().expAvgSq(range)),
          tolerance(DataType.FLOAT32));
      compared += range.length();
    }
    return compared;
  }

  /** Values keep float32 masters' digits, or one rounding to bfloat16. */
  private static double tolerance(DataType type) {
    return type == DataType.FLOAT32 ? 1e-5 : 1.0 / 256;
  }

  private static Matrix part(Matrix whole, OwnedRange range) {
    int from = Math.toIntExact(range.from());
    int count = Math.toIntExact(range.length());
    return new Matrix(1, whole.data().length, whole.data()).cols(from, count);
  }
}
