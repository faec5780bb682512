package dev.troupe.collectives.device;

import java.util.Objects;

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
    // Divided rather than multiplied: a product could overflow and pass.
    long available = Math.max(0, buffer.bytes() - offset) / type.bytes();
    if (offset < 0 || offset > buffer.bytes() || count < 0 || count > available) {
      throw new IndexOutOfBoundsException(
          "view [" + offset + ", +" + count + " x " + type + ") of " + buffer.bytes() + " bytes");
    }
  }

  /** Size in bytes. */
  public long bytes() {
    return count * type.bytes();
  }

  /** Elements {@code [from, from + count)} of this view, which must lie inside it. */
  public BufferView slice(long from, long count) {
    Objects.checkFromIndexSize(from, count, this.count);
    return new BufferView(buffer, offset + from * type.bytes(), count, type);
  }
}
