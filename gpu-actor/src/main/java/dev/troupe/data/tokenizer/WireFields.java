package dev.troupe.data.tokenizer;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Goes through the fields of a serialised Protobuf message whose schema is not ours. Not
 * thread-safe.
 */
final class WireFields {
  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int BYTES = 2;
  private static final int FOUR_BYTES = 5;

  private final ByteBuffer in;
  private int number;
  private long value;
  private ByteBuffer content = ByteBuffer.allocate(0);

  /** The fields of a message. */
  WireFields(ByteBuffer message) {
    this.in = message.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Goes to the next field; false at the end.
   *
   * @throws IllegalArgumentException where the bytes are no message
   */
  boolean next() {
    if (!in.hasRemaining()) {
      return false;
    }
    try {
      long tag = varint();
      number = (int) (tag >>> 3);
      content = ByteBuffer.allocate(0);
      switch ((int) tag & 7) {
        case VARINT -> value = varint();
        case EIGHT_BYTES -> value = in.getLong();
        case FOUR_BYTES -> value = in.getInt();
        case BYTES -> {
          long length = varint();
          if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
          }
          content = in.slice(in.position(), (int) length);
          in.position(in.position() + (int) length);
        }
        default -> throw new IllegalArgumentException("it is damaged at byte " + in.position());
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("it ends too early", e);
    }
    return true;
  }

  /** The field's number. */
  int number() {
    return number;
  }

  /** The value of a numeric field. */
  long value() {
    return value;
  }

  /** The value of a text field. */
  String text() {
    return StandardCharsets.UTF_8.decode(content.duplicate()).toString();
  }

  /** The value of a message field. */
  WireFields message() {
    return new WireFields(content);
  }

  private long varint() {
    long result = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = in.get();
      result |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return result;
      }
    }
    throw new IllegalArgumentException("it is damaged at byte " + in.position());
  }
}
