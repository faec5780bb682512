package dev.troupe.collectives.device.cuda;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Lists folders in a fixed order. */
final class Folders {
  private Folders() {}

  /** The folders in {@code parent} whose names match; the last in the alphabet first. */
  static List<Path> matching(Path parent, String pattern) {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(parent)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, pattern)) {
        entries.forEach(found::add);
      } catch (IOException | java.nio.file.DirectoryIteratorException e) {
        found.clear(); // not readable: as good as not there
      }
    }
    found.removeIf(path -> !Files.isDirectory(path));
    found.sort(Comparator.reverseOrder());
    return found;
  }
}
