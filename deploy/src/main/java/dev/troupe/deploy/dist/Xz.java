package dev.troupe.deploy.dist;

import dev.troupe.proto.error.TroupeException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** xz, by the program of that name: a third smaller than gzip. */
final class Xz implements Compression {
  private static final int BUFFER = 1 << 16;

  /** Blocks of a fixed size and more threads than one: bytes that do not depend on the machine. */
  private static final List<String> COMMAND =
      List.of("xz", "--compress", "--stdout", "-3", "--threads=2", "--block-size=96MiB");

  @Override
  public void write(Contents contents, Path file) throws IOException {
    Process xz = start(file);
    try (OutputStream out = new BufferedOutputStream(xz.getOutputStream(), BUFFER)) {
      contents.to(out);
    } catch (IOException e) {
      xz.destroy();
      throw e;
    }
    String words = new String(xz.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int code = xz.waitFor();
      if (code != 0) {
        throw new IOException("xz ended with exit code %d: %s".formatted(code, words.strip()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static Process start(Path file) {
    try {
      return new ProcessBuilder(COMMAND).redirectOutput(file.toFile()).start();
    } catch (IOException e) {
      throw TroupeException.resource(
          "the program xz cannot be started (%s); install xz-utils".formatted(e.getMessage()));
    }
  }
}
