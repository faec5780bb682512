package dev.troupe.collectives.comm.link;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.troupe.collectives.comm.call.Signature;
import dev.troupe.collectives.device.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What a rank tells each peer before the data of an operation. On the wire, little-endian: magic (4
 * bytes), code (4), number (8), count (8), type (4), argument (4).
 *
 * @param code ordinal of a {@link Signature.Kind}, or {@link #SEND} or {@link #RECV}
 * @param number how many operations of the kind (collectives of the group, or messages of the pair)
 *     came before it
 */
record Header(int code, long number, DataType type, long count, int argument) {
  static final int BYTES = 32;
  static final int SEND = 100;
  static final int RECV = 101;

  private static final int MAGIC = 0x544c4b31;
  private static final ValueLayout.OfInt INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static Header of(Signature signature, long number) {
    return new Header(
        signature.kind().ordinal(),
        number,
        signature.type(),
        signature.count(),
        signature.argument());
  }

  boolean isCollective() {
    return code < SEND;
  }

  /** Only of a collective. */
  Signature signature() {
    return new Signature(Signature.Kind.values()[code], type, count, argument);
  }

  /** For people. */
  String describe() {
    return switch (code) {
      case SEND -> "send of " + count + " x " + type;
      case RECV -> "recv of " + count + " x " + type;
      default -> signature().toString();
    };
  }

  void write(MemorySegment to) {
    to.set(INT, 0, MAGIC);
    to.set(INT, 4, code);
    to.set(LONG, 8, number);
    to.set(LONG, 16, count);
    to.set(INT, 24, type.ordinal());
    to.set(INT, 28, argument);
  }

  /** Throws when the bytes are none. */
  static Header read(MemorySegment from, String peer) {
    int code = from.get(INT, 4);
    int type = from.get(INT, 24);
    long count = from.get(LONG, 16);
    boolean known =
        code >= 0 && code < Signature.Kind.values().length || code == SEND || code == RECV;
    if (from.get(INT, 0) != MAGIC
        || !known
        || type < 0
        || type >= DataType.values().length
        || count < 0) {
      throw new LinkException(peer + " is out of step: what it sent begins no operation");
    }
    return new Header(code, from.get(LONG, 8), DataType.values()[type], count, from.get(INT, 28));
  }
}
