package dev.troupe.deploy.launch;

import dev.troupe.deploy.process.PrivateFolder;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * A private folder of this process for sockets, secrets and the output of its children; removed at
 * the end, and by the next start where a process was killed.
 *
 * @param path the folder
 */
record RuntimeFolder(Path path) implements AutoCloseable {
  private static final int SECRET_BYTES = 32;

  /** Makes this process's folder, and removes those of processes that are gone. */
  static RuntimeFolder create() {
    Path root = PrivateFolder.runtimeRoot();
    removeStale(root);
    return new RuntimeFolder(PrivateFolder.of(root.resolve("p" + ProcessHandle.current().pid())));
  }

  private static void removeStale(Path root) {
    try (Stream<Path> entries = Files.list(root)) {
      entries
          .filter(entry -> entry.getFileName().toString().matches("p[0-9]{1,18}"))
          .filter(entry -> isGone(entry.getFileName().toString().substring(1)))
          .toList()
          .forEach(PrivateFolder::remove);
    } catch (IOException e) {
      throw TroupeException.resource("%s: %s".formatted(root, e.getMessage()));
    }
  }

  private static boolean isGone(String pid) {
    return ProcessHandle.of(Long.parseLong(pid)).isEmpty();
  }

  /** Writes a secret that this user alone can read. */
  Path secret(String text) {
    Path file = path.resolve("secret");
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw TroupeException.resource("%s: cannot be written: %s".formatted(file, e.getMessage()));
    }
  }

  /** A new secret, as hexadecimal text. */
  static String newSecret() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() {
    PrivateFolder.remove(path);
  }
}
