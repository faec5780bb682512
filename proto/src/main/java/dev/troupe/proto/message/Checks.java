package dev.troupe.proto.message;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.regex.Pattern;

/** What the messages' constructors demand; the exception names the field and the value. */
final class Checks {
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,63}");

  private Checks() {}

  static void notNegative(String field, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(field + " must not be negative: " + value);
    }
  }

  static void positive(String field, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(field + " must be at least 1: " + value);
    }
  }

  static void notBlank(String field, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(field + " must not be blank");
    }
  }

  /** A name that may become part of a file's name: letters, digits and dashes. */
  static void label(String field, String value) {
    if (!LABEL.matcher(value).matches()) {
      throw new IllegalArgumentException(
          field + " must be of letters, digits and dashes, at most 64: '" + value + "'");
    }
  }

  static void notEmpty(String field, Collection<?> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException(field + " must not be empty");
    }
  }

  /** A path from another process: absolute and without "..", so that it means one place only. */
  static void absolutePath(String field, String value) {
    try {
      Path path = Path.of(value);
      if (path.isAbsolute() && path.equals(path.normalize())) {
        return;
      }
    } catch (InvalidPathException invalid) {
      throw new IllegalArgumentException(field + " is not a path: " + invalid.getMessage());
    }
    throw new IllegalArgumentException(field + " must be absolute and normal: '" + value + "'");
  }
}
