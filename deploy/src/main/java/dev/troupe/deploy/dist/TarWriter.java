package dev.troupe.deploy.dist;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Writes a folder as a tar archive (POSIX.1-1988 ustar) that depends on nothing but names, contents
 * and which files are executable: sorted, of one owner and one time.
 */
final class TarWriter {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int PREFIX = 155;

  /** 1980-01-01, as the oldest that zip files know: some tools warn of 1970. */
  private static final long TIME = 315_532_800;

  private final OutputStream out;

  TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Writes all of {@code folder}, which the archive shows under its own name, and the end. */
  void write(Path folder) throws IOException {
    Path base = folder.toAbsolutePath().getParent();
    if (base == null) {
      throw new IllegalArgumentException(folder + " has no name");
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted().toList();
    }
    for (Path path : all) {
      String name = base.relativize(path.toAbsolutePath()).toString();
      if (Files.isSymbolicLink(path)) {
        header(name, 0777, 0, '2', Files.readSymbolicLink(path).toString());
      } else if (Files.isDirectory(path)) {
        header(name + "/", 0755, 0, '5', "");
      } else {
        long size = Files.size(path);
        header(name, Files.isExecutable(path) ? 0755 : 0644, size, '0', "");
        if (Files.copy(path, out) != size) {
          throw new IOException(path + " changed while it was read");
        }
        out.write(new byte[(int) (-size & (BLOCK - 1))]);
      }
    }
    out.write(new byte[2 * BLOCK]);
  }

  private void header(String name, int mode, long size, char type, String link) throws IOException {
    byte[] block = new byte[BLOCK];
    int cut = cut(name);
    put(block, 0, NAME, name.substring(cut == 0 ? 0 : cut + 1));
    put(block, 345, PREFIX, name.substring(0, cut));
    octal(block, 100, 8, mode);
    octal(block, 108, 8, 0);
    octal(block, 116, 8, 0);
    octal(block, 124, 12, size);
    octal(block, 136, 12, TIME);
    block[156] = (byte) type;
    put(block, 157, NAME, link);
    put(block, 257, 8, "ustar\00000");
    put(block, 265, 32, "root");
    put(block, 297, 32, "root");
    put(block, 148, 8, "        "); // counts as spaces in its own sum
    int sum = 0;
    for (byte each : block) {
      sum += each & 0xff;
    }
    put(block, 148, 8, String.format(Locale.ROOT, "%06o\0 ", sum));
    out.write(block);
  }

  /** Where a long name is divided between two fields; 0 where it fits in one. */
  private static int cut(String name) {
    if (bytes(name) <= NAME) {
      return 0;
    }
    int cut = name.indexOf('/', Math.max(0, name.length() - NAME - 1));
    if (cut <= 0 || bytes(name.substring(0, cut)) > PREFIX || cut == name.length() - 1) {
      throw new IllegalArgumentException("too long for a tar archive: " + name);
    }
    return cut;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void put(byte[] block, int offset, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > length) {
      throw new IllegalArgumentException("too long for a tar archive: " + text);
    }
    System.arraycopy(bytes, 0, block, offset, bytes.length);
  }

  private static void octal(byte[] block, int offset, int length, long value) {
    put(block, offset, length, String.format(Locale.ROOT, "%0" + (length - 1) + "o", value));
  }
}
