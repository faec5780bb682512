package dev.troupe.collectives.device.cuda;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Looks at a library before it is loaded: the system's loader maps what the headers promise, and a
 * file that was cut short (a full disk, an interrupted download) then ends the process.
 */
final class ElfFile {
  private static final int HEADER = 64;
  private static final int MAGIC = 0x464C457F; // "\177ELF"
  private static final int SEGMENT_OFFSET = 8;
  private static final int SEGMENT_BYTES = 32;

  private ElfFile() {}

  /**
   * Checks that a file is a whole 64-bit ELF file (System V ABI, chapters 4 and 5).
   *
   * @throws UnsatisfiedLinkError that says what is wrong with it
   */
  static void check(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer header = read(channel, 0, HEADER);
      if (header.getInt(0) != MAGIC || header.get(4) != 2 || header.get(5) != 1) {
        throw new UnsatisfiedLinkError("it is no 64-bit shared library");
      }
      long table = header.getLong(32);
      int entry = Short.toUnsignedInt(header.getShort(54));
      int entries = Short.toUnsignedInt(header.getShort(56));
      ByteBuffer segments = read(channel, table, entry * entries);
      for (int i = 0; i < entries; i++) {
        long end =
            segments.getLong(i * entry + SEGMENT_OFFSET)
                + segments.getLong(i * entry + SEGMENT_BYTES);
        if (end > channel.size()) {
          throw cutShort(channel.size(), end);
        }
      }
    } catch (IOException e) {
      throw new UnsatisfiedLinkError("it cannot be read: " + e.getMessage());
    } catch (IndexOutOfBoundsException e) {
      throw new UnsatisfiedLinkError("its headers are damaged");
    }
  }

  private static ByteBuffer read(FileChannel channel, long from, int bytes) throws IOException {
    if (from < 0 || from + bytes > channel.size()) {
      throw cutShort(channel.size(), from + bytes);
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
      // until all of it is there
    }
    return buffer;
  }

  private static UnsatisfiedLinkError cutShort(long bytes, long wanted) {
    return new UnsatisfiedLinkError(
        "it is cut short: %d bytes, where at least %d belong".formatted(bytes, wanted));
  }
}
