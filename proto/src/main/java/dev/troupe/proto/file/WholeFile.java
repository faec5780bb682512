package dev.troupe.proto.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/**
 * Files that are replaced as a whole: a reader sees the old one or the new one, and so does who
 * comes after a crash. What is written lies beside the file, with {@code .tmp} after its name,
 * until it is on disk. Calls for one file must not overlap.
 */
public final class WholeFile {
  private WholeFile() {}

  /** Replaces a file, or makes it, with text in UTF-8. */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Replaces a file, or makes it.
   *
   * @param file its folder exists
   * @param bytes its new contents
   * @param attributes that the new file has from the beginning
   * @throws IOException if it cannot be written; the old file is still there then
   */
  public static void write(Path file, byte[] bytes, FileAttribute<?>... attributes)
      throws IOException {
    Path replacement = beside(file);
    Files.deleteIfExists(replacement); // what a crash left has other attributes
    try {
      try (FileChannel channel =
          FileChannel.open(
              replacement,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              attributes)) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      move(replacement, file);
    } finally {
      Files.deleteIfExists(replacement);
    }
  }

  /**
   * Puts a copy in a file's place, so that appending to it leaves what is linked to, or is being
   * read, as it was; does nothing where there is no file.
   */
  public static void renew(Path file) throws IOException {
    if (Files.exists(file)) {
      Path replacement = beside(file);
      Files.copy(file, replacement, StandardCopyOption.REPLACE_EXISTING);
      move(replacement, file);
    }
  }

  private static Path beside(Path file) {
    return file.resolveSibling(file.getFileName() + ".tmp");
  }

  private static void move(Path replacement, Path file) throws IOException {
    Files.move(
        replacement, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
