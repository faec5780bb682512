package dev.troupe.deploy.dist;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPOutputStream;

/** gzip, which every machine unpacks. */
final class Gzip implements Compression {
  private static final int BUFFER = 1 << 16;

  @Override
  public void write(Contents contents, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
        OutputStream buffered = new BufferedOutputStream(out, BUFFER);
        GZIPOutputStream packed = new GZIPOutputStream(buffered, BUFFER)) {
      contents.to(packed);
    }
  }
}
