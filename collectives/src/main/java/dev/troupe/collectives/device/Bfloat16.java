package dev.troupe.collectives.device;

/**
 * Scalar conversions of bfloat16, the upper half of a float32: 1 sign, 8 exponent and 7 fraction
 * bits.
 */
public final class Bfloat16 {
  private static final int QUIET = 0x40;

  private Bfloat16() {}

  /** The float32 of equal value; exact. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The nearest bfloat16, ties to even; overflow becomes infinity and NaN stays a (quiet) NaN. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | QUIET);
    }
    return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
  }
}
