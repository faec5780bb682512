package dev.troupe.collectives.device;

/** Element types of device memory. */
public enum DataType {
  FLOAT32(4),
  BFLOAT16(2),
  FLOAT64(8),
  INT32(4),
  INT8(1);

  private final int bytes;

  DataType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }
}
