package dev.troupe.checkpoint;

import java.util.Arrays;
import java.util.List;

/**
 * A tensor of a safetensors file, row-major and little-endian.
 *
 * @param name its name; never a path
 * @param type element type
 * @param shape sizes of its dims, slowest first; empty for a scalar
 */
public record SafetensorsTensor(String name, SafetensorsType type, List<Long> shape) {
  /** Name under which the format keeps a file's metadata. */
  static final String METADATA = "__metadata__";

  /** Copies the shape; refuses sizes below 0, a size in bytes beyond 2^63 and unprintable names. */
  public SafetensorsTensor {
    shape = List.copyOf(shape);
    if (name.isEmpty() || name.equals(METADATA) || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a tensor cannot be named \"" + name + "\"");
    }
    if (shape.stream().anyMatch(size -> size < 0)) {
      throw new IllegalArgumentException("tensor " + name + " has the negative shape " + shape);
    }
    try {
      size(type, shape);
    } catch (ArithmeticException overflow) {
      throw new IllegalArgumentException(
          "tensor " + name + " has the impossible shape " + shape, overflow);
    }
  }

  /** A tensor of the shape given one size after the other. */
  public static SafetensorsTensor of(String name, SafetensorsType type, long... shape) {
    return new SafetensorsTensor(name, type, Arrays.stream(shape).boxed().toList());
  }

  /** Size of the data in bytes. */
  public long bytes() {
    return size(type, shape);
  }

  private static long size(SafetensorsType type, List<Long> shape) {
    return shape.stream().reduce((long) type.bytes(), Math::multiplyExact);
  }
}
