package dev.troupe.proto.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.util.function.BiFunction;

/**
 * How one kind of message travels.
 *
 * @param manifest its name on the wire; never changes
 * @param type the record that code works with
 * @param parser reads the Protobuf message
 * @param out record to Protobuf
 * @param in Protobuf to record; the record's constructor validates
 */
record Codec<R extends Record, W extends MessageLite>(
    String manifest,
    Class<R> type,
    Parser<W> parser,
    BiFunction<R, Refs, W> out,
    BiFunction<W, Refs, R> in) {

  byte[] write(Object message, Refs refs) {
    return out.apply(type.cast(message), refs).toByteArray();
  }

  R read(byte[] bytes, Refs refs) throws InvalidProtocolBufferException {
    return in.apply(parser.parseFrom(bytes), refs);
  }
}
