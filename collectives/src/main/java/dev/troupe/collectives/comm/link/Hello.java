package dev.troupe.collectives.comm.link;

import dev.troupe.collectives.mesh.ProcessGroup;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The first word on a connection: who wants to be linked with whom.
 *
 * <p>On the wire, big-endian: magic (8 bytes), version (4), length of the rest (4, at most 4,096),
 * then epoch (8), from (4), to (4), members (4), and token and group as a length (2) and UTF-8.
 *
 * @param token the epoch's secret
 * @param group name of the process group
 * @param members hash of the group's mesh ranks, so that ranks that know it by other members do not
 *     meet
 * @param from index in the group of the rank that connects; the lower of the two
 * @param to index in the group of the rank that is wanted
 */
record Hello(String token, long epoch, String group, int members, int from, int to) {
  private static final long MAGIC = 0x54524f5550454c4bL; // "TROUPELK"
  private static final int VERSION = 1;
  private static final int LONGEST = 4_096;
  private static final int LONGEST_TEXT = 1_024;

  static Hello of(String token, long epoch, ProcessGroup group, int from, int to) {
    return new Hello(token, epoch, group.name(), group.ranks().hashCode(), from, to);
  }

  /** Without the token, which is no one else's business. */
  @Override
  public String toString() {
    return "epoch %d, group %s, ranks %d to %d".formatted(epoch, group, from, to);
  }

  /** Compares tokens in a time that does not tell how much of them is right. */
  boolean shows(String expected) {
    return MessageDigest.isEqual(bytes(token), bytes(expected));
  }

  void write(DataOutputStream out) throws IOException {
    byte[] secret = bytes(token);
    byte[] name = bytes(group);
    if (secret.length > LONGEST_TEXT || name.length > LONGEST_TEXT) {
      throw new IllegalArgumentException(
          "token and group name must be at most %d bytes of UTF-8".formatted(LONGEST_TEXT));
    }
    int length = 24 + secret.length + name.length;
    ByteBuffer frame = ByteBuffer.allocate(16 + length);
    frame.putLong(MAGIC).putInt(VERSION).putInt(length);
    frame.putLong(epoch).putInt(from).putInt(to).putInt(members);
    frame.putShort((short) secret.length).put(secret).putShort((short) name.length).put(name);
    // One write, so that it travels as one packet.
    out.write(frame.array());
    out.flush();
  }

  /**
   * Reads and checks the form, not the truth, of a hello.
   *
   * @throws ProtocolException when it is none, or of another version
   */
  static Hello read(DataInputStream in) throws IOException {
    if (in.readLong() != MAGIC) {
      throw new ProtocolException("not a data-plane connection");
    }
    int version = in.readInt();
    if (version != VERSION) {
      throw new ProtocolException(
          "protocol version %d, but this process speaks %d; run the same release everywhere"
              .formatted(version, VERSION));
    }
    int length = in.readInt();
    if (length < 24 || length > LONGEST) {
      throw new ProtocolException("hello of " + length + " bytes");
    }
    ByteBuffer frame = ByteBuffer.wrap(in.readNBytes(length));
    if (frame.remaining() < length) {
      throw new ProtocolException("hello cut short");
    }
    long epoch = frame.getLong();
    int from = frame.getInt();
    int to = frame.getInt();
    int members = frame.getInt();
    String token = text(frame);
    String group = text(frame);
    if (frame.hasRemaining() || from < 0 || to <= from) {
      throw new ProtocolException("malformed hello");
    }
    return new Hello(token, epoch, group, members, from, to);
  }

  private static String text(ByteBuffer frame) throws ProtocolException {
    if (frame.remaining() < 2) {
      throw new ProtocolException("malformed hello");
    }
    int length = frame.getShort();
    if (length < 0 || length > Math.min(LONGEST_TEXT, frame.remaining())) {
      throw new ProtocolException("malformed hello");
    }
    byte[] text = new byte[length];
    frame.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
