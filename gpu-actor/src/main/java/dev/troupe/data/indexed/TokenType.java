package dev.troupe.data.indexed;

import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The integer types of tokens in a {@code .bin} file, little-endian, with Megatron-LM's codes. */
public enum TokenType {
  UINT8(1, 1, 0, 0xFF),
  INT8(2, 1, Byte.MIN_VALUE, Byte.MAX_VALUE),
  INT16(3, 2, Short.MIN_VALUE, Short.MAX_VALUE),
  INT32(4, 4, Integer.MIN_VALUE, Integer.MAX_VALUE),
  INT64(5, 8, Integer.MIN_VALUE, Integer.MAX_VALUE),
  UINT16(8, 2, 0, 0xFFFF);

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int code;
  private final int bytes;
  private final int min;
  private final int max;

  TokenType(int code, int bytes, int min, int max) {
    this.code = code;
    this.bytes = bytes;
    this.min = min;
    this.max = max;
  }

  /** The smallest type we write that holds the ids of a vocabulary. */
  public static TokenType forVocabulary(int vocabSize) {
    return vocabSize - 1 <= UINT16.max ? UINT16 : INT32;
  }

  /** The code in the header of an {@code .idx} file. */
  int code() {
    return code;
  }

  /** Bytes a token. */
  public int bytes() {
    return bytes;
  }

  /** Whether this type, and a Java int, can hold the value. */
  boolean holds(int token) {
    return token >= min && token <= max;
  }

  /** Appends one token. The buffer is little-endian and has room. */
  public void put(ByteBuffer out, int token) {
    switch (bytes) {
      case 1 -> out.put((byte) token);
      case 2 -> out.putShort((short) token);
      case 4 -> out.putInt(token);
      default -> out.putLong(token);
    }
  }

  /**
   * Copies {@code count} tokens from the byte offset {@code at} of {@code bin}.
   *
   * @throws TroupeException (data) if an int64 token does not fit a Java int
   */
  void read(MemorySegment bin, long at, int count, int[] dst, int dstOffset) {
    switch (this) {
      case INT32 -> MemorySegment.copy(bin, INT, at, dst, dstOffset, count);
      case UINT8 -> {
        for (int i = 0; i < count; i++) {
          dst[dstOffset + i] = Byte.toUnsignedInt(bin.get(ValueLayout.JAVA_BYTE, at + i));
        }
      }
      case INT8 -> {
        for (int i = 0; i < count; i++) {
          dst[dstOffset + i] = bin.get(ValueLayout.JAVA_BYTE, at + i);
        }
      }
      case INT16 -> {
        for (int i = 0; i < count; i++) {
          dst[dstOffset + i] = bin.get(SHORT, at + 2L * i);
        }
      }
      case UINT16 -> {
        for (int i = 0; i < count; i++) {
          dst[dstOffset + i] = Short.toUnsignedInt(bin.get(SHORT, at + 2L * i));
        }
      }
      case INT64 -> {
        for (int i = 0; i < count; i++) {
          dst[dstOffset + i] = narrow(bin.get(LONG, at + 8L * i));
        }
      }
    }
  }

  private static int narrow(long token) {
    if ((int) token != token) {
      throw TroupeException.data(
          "token id %d does not fit 32 bits; the token file is damaged or holds no token ids"
              .formatted(token));
    }
    return (int) token;
  }
}
