package dev.troupe.data.indexed;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the {@code .idx} of a {@code .bin} whose sequences' sizes lie in a file: a big-endian
 * int32 each, {@code n} where a sequence of n tokens begins a document, {@code ~n} where it goes on
 * with the document of the one before. Takes little memory.
 *
 * @param sizes the file
 * @param sequences how many of its sizes count
 */
public record IndexFromSizes(Path sizes, int sequences) {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Writes the index; there is no such file yet. */
  public void write(Path idx, TokenType type) throws IOException {
    try (BufferedChannel out = new BufferedChannel(idx)) {
      out.room(IndexFile.HEADER_BYTES)
          .put(IndexFile.MAGIC)
          .putLong(IndexFile.VERSION)
          .put((byte) type.code())
          .putLong(sequences)
          .putLong(documents() + 1);
      each((sequence, tokens, begins) -> out.room(Integer.BYTES).putInt(tokens));
      long[] pointer = {0};
      each(
          (sequence, tokens, begins) -> {
            out.room(Long.BYTES).putLong(pointer[0]);
            pointer[0] += (long) tokens * type.bytes();
          });
      each(
          (sequence, tokens, begins) -> {
            if (begins) {
              out.room(Long.BYTES).putLong(sequence);
            }
          });
      out.room(Long.BYTES).putLong(sequences);
      out.finish();
    }
  }

  private long documents() throws IOException {
    long[] documents = {0};
    each((sequence, tokens, begins) -> documents[0] += begins ? 1 : 0);
    return documents[0];
  }

  private void each(Visitor visitor) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(sizes), BUFFER_BYTES))) {
      for (int sequence = 0; sequence < sequences; sequence++) {
        int size = in.readInt();
        visitor.visit(sequence, size < 0 ? ~size : size, size >= 0);
      }
    }
  }

  /** Takes a sequence: its number, its tokens, and whether a document begins with it. */
  private interface Visitor {
    void visit(int sequence, int tokens, boolean begins) throws IOException;
  }
}
