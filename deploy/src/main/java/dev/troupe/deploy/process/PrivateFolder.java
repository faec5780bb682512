package dev.troupe.deploy.process;

import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Folders below world-writable ones that only this user may look into. */
public final class PrivateFolder {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFolder() {}

  /** Where shared memory is: a file system in memory, where there is one. */
  public static Path sharedMemoryRoot() {
    Path linux = Path.of("/dev/shm");
    return of((Files.isDirectory(linux) ? linux : temporary()).resolve(name()));
  }

  /**
   * Where sockets and the output of child processes are; short, because a socket's path must be.
   */
  public static Path runtimeRoot() {
    return of(temporary().resolve(name()));
  }

  private static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  private static String name() {
    return "troupe-" + System.getProperty("user.name").replaceAll("[^A-Za-z0-9-]", "_");
  }

  /**
   * Makes the folder, or checks that the one that is there is this user's and closed to others.
   *
   * @throws TroupeException of category resource where it is not, or cannot be made
   */
  public static Path of(Path folder) {
    try {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      return folder;
    } catch (FileAlreadyExistsException exists) {
      return checked(folder);
    } catch (IOException e) {
      throw TroupeException.resource("%s: cannot be made: %s".formatted(folder, e.getMessage()));
    }
  }

  private static Path checked(Path folder) {
    try {
      boolean mine =
          Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS)
              .getName()
              .equals(System.getProperty("user.name"));
      boolean closed =
          Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS).equals(OWNER_ONLY);
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && mine && closed) {
        return folder;
      }
    } catch (IOException e) {
      throw TroupeException.resource("%s: %s".formatted(folder, e.getMessage()));
    }
    throw TroupeException.resource(
        "%s must be a folder of this user that others cannot open; remove it (chmod 700 where it is yours)"
            .formatted(folder));
  }

  /** Removes a folder with all that is in it, as far as possible. */
  public static void remove(Path folder) {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (IOException gone) {
      return;
    }
    for (Path path : all) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException left) {
        // The next start tries again.
      }
    }
  }
}
