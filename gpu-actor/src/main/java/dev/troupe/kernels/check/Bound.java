package dev.troupe.kernels.check;

import dev.troupe.collectives.device.DataType;

/**
 * How far a backend's result may be from the CPU's.
 *
 * @param limit greatest error
 * @param measure what the error is
 */
public record Bound(double limit, Measure measure) {
  /** Sums of some hundred float32 terms in another order. */
  private static final double FLOAT32 = 1e-5;

  /** Neighbours in bfloat16 are 2^-7 apart at most, and a rounded intermediate may add as much. */
  private static final double BFLOAT16 = 1.0 / 64;

  /** What is compared with the limit. */
  public enum Measure {
    /** |a - e| / max(|e|, rms(e)) of the worst element. */
    ELEMENT,
    /** ||a - e|| / ||e|| of the whole. */
    NORM
  }

  /** The same bits. */
  static Bound exact() {
    return new Bound(0, Measure.ELEMENT);
  }

  /** Differences of equal terms, of which nothing but rounding is left: any number will do. */
  static Bound finite() {
    return new Bound(Double.MAX_VALUE, Measure.ELEMENT);
  }

  /** Results that are rounded to a type. */
  static Bound of(DataType type) {
    return new Bound(type == DataType.BFLOAT16 ? BFLOAT16 : FLOAT32, Measure.ELEMENT);
  }

  /** The same, where single elements may lose all digits but the whole may not. */
  static Bound whole(DataType type) {
    return new Bound(type == DataType.BFLOAT16 ? BFLOAT16 : 4 * FLOAT32, Measure.NORM);
  }

  /** The error of {@code actual}; infinite where one has a NaN or an infinity and the other not. */
  public double error(Values expected, Values actual) {
    double[] e = expected.data();
    double[] a = actual.data();
    double square = 0;
    double difference = 0;
    for (int i = 0; i < e.length; i++) {
      if (Double.compare(e[i], a[i]) != 0 && !(Double.isFinite(e[i]) && Double.isFinite(a[i]))) {
        return Double.POSITIVE_INFINITY;
      }
      if (Double.isFinite(e[i])) {
        square += e[i] * e[i];
        difference += (a[i] - e[i]) * (a[i] - e[i]);
      }
    }
    if (difference == 0) {
      return 0;
    }
    return switch (measure) {
      case NORM -> Math.sqrt(difference / square);
      case ELEMENT -> worst(e, a, Math.sqrt(square / e.length));
    };
  }

  private static double worst(double[] e, double[] a, double rms) {
    double worst = 0;
    for (int i = 0; i < e.length; i++) {
      if (Double.isFinite(e[i])) {
        worst = Math.max(worst, Math.abs(a[i] - e[i]) / Math.max(Math.abs(e[i]), rms));
      }
    }
    return worst;
  }
}
