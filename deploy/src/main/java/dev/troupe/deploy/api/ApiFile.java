package dev.troupe.deploy.api;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.file.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * {@code api.json} in a run's folder: where the run can be asked, while it lives. A run that is
 * killed leaves it behind.
 *
 * @param url base of the API's addresses
 * @param pid process that answers there
 * @param host name of the host it runs on
 */
public record ApiFile(String url, long pid, String host) {
  private static final String NAME = "api.json";
  private static final Set<PosixFilePermission> OWNER =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  /** Its place in a run's folder. */
  public static Path in(Path runFolder) {
    return runFolder.resolve(NAME);
  }

  /** Writes it, readable by its owner alone; readers see all of it or nothing. */
  void write(Path runFolder) {
    Path file = in(runFolder);
    byte[] json = (new Gson().toJson(this) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        WholeFile.write(file, json, PosixFilePermissions.asFileAttribute(OWNER));
      } else {
        WholeFile.write(file, json);
      }
    } catch (IOException e) {
      throw new TroupeException(
          Category.RESOURCE,
          "cannot write %s: %s; free disk space or choose another run.dir".formatted(file, e),
          e);
    }
  }

  /** Reads the one of a run's folder; empty where there is none, or not a whole one. */
  public static Optional<ApiFile> read(Path runFolder) {
    try {
      ApiFile file = new Gson().fromJson(Files.readString(in(runFolder)), ApiFile.class);
      return Optional.ofNullable(file).filter(each -> each.url() != null && each.host() != null);
    } catch (IOException | JsonParseException e) {
      return Optional.empty();
    }
  }

  /** Whether its process may still be there: on another host nobody here can tell. */
  public boolean mayLive() {
    return !host.equals(LocalHost.name())
        || ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }
}
