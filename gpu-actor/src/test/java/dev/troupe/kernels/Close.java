package dev.troupe.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.troupe.collectives.device.DataType;

/**
 * Element by element comparison with a float64 reference: {@code |a - e| <= tolerance * max(|e|,
 * rms(e))}. The root mean square takes the place of tiny elements, which are differences of large
 * terms.
 */
public final class Close {
  /** Rounding of sums of some hundred float32 terms. */
  private static final double FLOAT32 = 5e-6;

  /** One rounding to bfloat16 is 2^-9 at most; another one for a rounded intermediate. */
  private static final double BFLOAT16 = 1.0 / 128;

  private Close() {}

  /** The tolerance of results in a type. */
  public static double tolerance(DataType type) {
    return type == DataType.BFLOAT16 ? BFLOAT16 : FLOAT32;
  }

  /** Compares with the tolerance of a type. */
  public static void check(String what, Matrix expected, Matrix actual, DataType type) {
    check(what, expected, actual, tolerance(type));
  }

  /** Compares with a tolerance. */
  public static void check(String what, Matrix expected, Matrix actual, double tolerance) {
    assertEquals(expected.rows(), actual.rows(), what + ": rows");
    assertEquals(expected.cols(), actual.cols(), what + ": columns");
    double rms = expected.norm() / Math.sqrt(Math.max(1, expected.data().length));
    for (int r = 0; r < expected.rows(); r++) {
      for (int c = 0; c < expected.cols(); c++) {
        double e = expected.at(r, c);
        double a = actual.at(r, c);
        if (e != a && !(Math.abs(a - e) <= tolerance * Math.max(Math.abs(e), rms))) {
          fail(
              "%s at (%d, %d) of (%d, %d): %.9g, expected %.9g, rms %.3g, tolerance %.1g"
                  .formatted(what, r, c, expected.rows(), expected.cols(), a, e, rms, tolerance));
        }
      }
    }
  }

  /** Compares ||a - e|| with tolerance * ||e||. */
  public static void norm(String what, Matrix expected, Matrix actual, double tolerance) {
    double error = expected.zip(actual, (e, a) -> a - e).norm();
    double size = expected.norm();
    if (!(error <= tolerance * size)) {
      fail("%s: error %.3g of %.3g, more than %.1g".formatted(what, error, size, tolerance));
    }
  }
}
