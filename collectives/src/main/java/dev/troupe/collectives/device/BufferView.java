package dev.troupe.collectives.device;

/**
 * A typed, contiguous range of a buffer. Owns nothing.
 *
 * @param buffer where it lies
 * @param offset first byte
 * @param count number of elements
 * @param type element type
 */
public record BufferView(DeviceBuffer buffer, long offset, long count, DataType type) {

  /** Checks that the range lies inside the buffer. */
  public BufferView {
    if (offset < 0 || count < 0 || offset + count * type.bytes() > buffer.bytes()) {
      throw new IndexOutOfBoundsException(
          "view [" + offset + ", +" + count + " x " + type + ") of " + buffer.bytes() + " bytes");
    }
  }

  /** Size in bytes. */
  public long bytes() {
    return count * type.bytes();
  }

  /** Elements {@code [from, from + count)} of this view. */
  public BufferView slice(long from, long count) {
    return new BufferView(buffer, offset + from * type.bytes(), count, type);
  }
}
