package dev.troupe.collectives.comm.reduce;

import dev.troupe.collectives.comm.ReduceOp;

/** Reductions of two single elements. */
final class Scalars {
  private Scalars() {}

  static float combine(ReduceOp op, float a, float b) {
    return switch (op) {
      case SUM -> a + b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
    };
  }

  static double combine(ReduceOp op, double a, double b) {
    return switch (op) {
      case SUM -> a + b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
    };
  }

  /** Sums wrap around. */
  static int combine(ReduceOp op, int a, int b) {
    return switch (op) {
      case SUM -> a + b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
    };
  }
}
