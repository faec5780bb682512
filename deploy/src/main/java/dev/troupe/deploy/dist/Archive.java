package dev.troupe.deploy.dist;

import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * An archive of one folder.
 *
 * @param name of the folder
 * @param compression of the archive
 */
record Archive(String name, Compression compression) {

  /** Puts together what is packed. */
  @FunctionalInterface
  interface Assembly {
    /** Fills an empty folder. */
    void into(Path folder) throws IOException;
  }

  /** Writes the file, atomically. */
  void write(Path file, Assembly assembly, Progress progress) throws IOException {
    Path parent = file.getParent();
    if (parent == null || !Files.isDirectory(parent) || Files.isDirectory(file)) {
      throw TroupeException.usage("--out %s: give a file in a folder that exists".formatted(file));
    }
    Path work = Files.createTempDirectory(parent, ".troupe-dist-");
    try {
      Path folder = Files.createDirectory(work.resolve(name));
      assembly.into(folder);
      progress.say("packing");
      Path packed = work.resolve("archive");
      compression.write(out -> new TarWriter(out).write(folder), packed);
      try (FileChannel channel = FileChannel.open(packed, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(packed, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      delete(work);
    }
    progress.say(String.format(Locale.ROOT, "%s, %.1f MiB", file, Files.size(file) / 1048576.0));
  }

  /** Copies a script and makes it executable. */
  static void script(Path from, Path to) throws IOException {
    Files.copy(from, to);
    if (!to.toFile().setExecutable(true, false)) {
      throw new IOException(to + " could not be made executable");
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
