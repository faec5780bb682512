package dev.troupe.deploy.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Puts another file in a file's place. A process that has the old one open, because it has not
 * noticed yet that the run is another's, goes on writing to that, which no name leads to any more.
 */
final class FileCopy {
  private FileCopy() {}

  /** A new file with {@code text}; a crash leaves the old one or the new one. */
  static void replace(Path file, String text) throws IOException {
    Path replacement = temporary(file);
    try (FileChannel channel =
        FileChannel.open(
            replacement,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    move(replacement, file);
  }

  /** A new file with what the old one has; nothing where there is none. */
  static void renew(Path file) throws IOException {
    if (Files.exists(file)) {
      Path replacement = temporary(file);
      Files.copy(file, replacement, StandardCopyOption.REPLACE_EXISTING);
      move(replacement, file);
    }
  }

  private static Path temporary(Path file) {
    return file.resolveSibling(file.getFileName() + ".tmp");
  }

  private static void move(Path replacement, Path file) throws IOException {
    Files.move(
        replacement, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
