package dev.troupe.proto.spec;

/** Checks shared by the records of a job; each names the job key as the user writes it. */
final class Require {
  private Require() {}

  static void atLeast(long least, String key, long value) {
    if (value < least) {
      throw new InvalidFieldException(
          "%s = %d is too small; give at least %d".formatted(key, value, least), key);
    }
  }

  /** Holds for least <= value <= most; false for NaN. */
  static void between(double least, double most, String key, double value) {
    if (!(value >= least && value <= most)) {
      throw new InvalidFieldException(
          "%s = %s is out of range; give a number from %s to %s".formatted(key, value, least, most),
          key);
    }
  }

  static void positive(String key, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new InvalidFieldException(
          "%s = %s must be a number greater than 0".formatted(key, value), key);
    }
  }

  static void notNegative(String key, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new InvalidFieldException(
          "%s = %s must be a number not less than 0".formatted(key, value), key);
    }
  }

  static void notBlank(String key, String value) {
    if (value.isBlank()) {
      throw new InvalidFieldException(key + " is empty; give a value or leave the key out", key);
    }
  }

  /** Holds where {@code value} is a multiple of {@code divisor}, which is the value of a key. */
  static void multiple(String key, long value, String divisorKey, long divisor, String remedy) {
    if (value % divisor != 0) {
      throw new InvalidFieldException(
          "%s = %d is not divisible by %s = %d; %s"
              .formatted(key, value, divisorKey, divisor, remedy),
          key,
          divisorKey);
    }
  }

  /** Holds where {@code value} is at most the value of another key. */
  static void atMost(String key, long value, String limitKey, long limit, String remedy) {
    if (value > limit) {
      throw new InvalidFieldException(
          "%s = %d is greater than %s = %d; %s".formatted(key, value, limitKey, limit, remedy),
          key,
          limitKey);
    }
  }
}
