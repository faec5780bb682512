package dev.troupe.optim;

import dev.troupe.model.LlamaLayout;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.proto.spec.Schedule;
import dev.troupe.proto.spec.TrainSpec;

/** Settings and layouts that the optimizer's tests share. */
final class OptimizerJobs {
  private OptimizerJobs() {}

  static TrainSpec train(
      int steps, double lr, double minLr, int warmup, double decayFraction, Schedule schedule) {
    return new TrainSpec(
        steps,
        4,
        1,
        8,
        lr,
        minLr,
        warmup,
        decayFraction,
        0.1,
        1.0,
        0.9,
        0.95,
        1e-3,
        0.02,
        schedule,
        Recompute.NONE);
  }

  /** Parameters of odd sizes; key/value heads are replicated at tp 2. */
  static LlamaLayout layout(int tp, int tpIndex) {
    ModelSpec model = new ModelSpec("test", 36, 2, 6, 1, 44, 150, 16, 1e-5, 10000, false);
    return new LlamaLayout(model, tp, tpIndex, false, 0.02);
  }
}
