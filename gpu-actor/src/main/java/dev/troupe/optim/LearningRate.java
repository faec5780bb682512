package dev.troupe.optim;

import dev.troupe.proto.spec.TrainSpec;

/**
 * Learning rate of step t = 1, 2, ...: lr * t / warmup during the warm-up, then the schedule's way
 * from lr to min-lr at the last step.
 *
 * @param spec lr, min-lr, warm-up, steps and schedule
 */
public record LearningRate(TrainSpec spec) {

  /** Learning rate of step {@code t}, from 1. */
  public double at(long t) {
    if (t <= spec.warmup()) {
      return spec.lr() * t / spec.warmup();
    }
    long span = Math.max(1, spec.steps() - spec.warmup());
    double done = Math.min(1, (double) (t - spec.warmup()) / span);
    double range = spec.lr() - spec.minLr();
    return switch (spec.schedule()) {
      case CONSTANT -> spec.lr();
      case LINEAR -> spec.lr() - range * done;
      case COSINE -> spec.minLr() + range * 0.5 * (1 + Math.cos(Math.PI * done));
      case WSD -> {
        long decay = Math.round(spec.steps() * spec.decayFraction());
        double into = decay == 0 ? 0 : (double) (t - (spec.steps() - decay)) / decay;
        yield spec.lr() - range * Math.clamp(into, 0, 1);
      }
    };
  }
}
