package dev.troupe.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/** Element types of the safetensors format that Troupe reads, by the format's own names. */
public enum SafetensorsType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  BOOL(1);

  private final int bytes;

  SafetensorsType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The type of that name, if it is one that Troupe reads. */
  public static Optional<SafetensorsType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }
}
