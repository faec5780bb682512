package dev.troupe.collectives.device.cuda;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder that the native halves of the Java bindings are unpacked into. It belongs to this user
 * alone, since what lies there is executed: a folder of the user's cache, or, where there is none
 * that can be written, a new one under the system's temporary folder that goes with the process.
 */
final class NativeFolder {
  private static final Path FOLDER = choose();

  private NativeFolder() {}

  static Path get() {
    return FOLDER;
  }

  private static Path choose() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base =
        cache != null && Path.of(cache).isAbsolute()
            ? Path.of(cache)
            : Path.of(System.getProperty("user.home"), ".cache");
    Path kept = base.resolve("troupe").resolve("native").resolve("cuda");
    return isOurs(kept) ? kept : temporary();
  }

  /** Makes the folder; false where it cannot be written, or where others may write to it. */
  static boolean isOurs(Path folder) {
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Set<PosixFilePermission> others = Files.getPosixFilePermissions(folder);
      return Files.isWritable(folder)
          && !others.contains(PosixFilePermission.GROUP_WRITE)
          && !others.contains(PosixFilePermission.OTHERS_WRITE)
          && Files.getOwner(folder).equals(Files.getOwner(Path.of("/proc/self")));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static Path temporary() {
    try {
      Path folder = Files.createTempDirectory("troupe-native-");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException e) {
      throw new TroupeException(
          Category.RESOURCE,
          "no folder to unpack native libraries into: neither %s nor %s can be written"
              .formatted(System.getProperty("user.home"), System.getProperty("java.io.tmpdir")),
          e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    } catch (IOException e) {
      // The process is ending: what is left lies in the temporary folder.
    }
  }
}
