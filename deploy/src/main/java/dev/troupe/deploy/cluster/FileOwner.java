package dev.troupe.deploy.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The user whom this process runs as, as file systems see it. Linux. */
final class FileOwner {
  private static final Path SELF = Path.of("/proc/self");

  private FileOwner() {}

  /** This process's user id. */
  static int ours() throws IOException {
    return of(SELF);
  }

  /** The id of the user who owns {@code file}; where it is a link, of what it points to. */
  static int of(Path file, LinkOption... options) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:uid", options);
  }
}
