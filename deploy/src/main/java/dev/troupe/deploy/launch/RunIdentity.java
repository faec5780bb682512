package dev.troupe.deploy.launch;

import dev.troupe.deploy.process.PrivateFolder;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A random name in a run's folder, made when the run begins: another run in a folder of the same
 * path has another one, so that what a machine has kept of the first does not count for it.
 */
final class RunIdentity {
  private static final Logger LOG = LoggerFactory.getLogger(RunIdentity.class);
  private static final Duration KEPT = Duration.ofDays(30);
  private static final String FILE = "run-id";
  private static final Pattern NAME = Pattern.compile("[0-9a-f-]{36}");

  private RunIdentity() {}

  /** The name; made if it is not there. Several nodes may ask at once. */
  static String of(Path runFolder) {
    Path file = runFolder.resolve(FILE);
    try {
      Files.createDirectories(runFolder);
      if (Files.notExists(file)) {
        create(file);
      }
      String name = Files.readString(file).strip();
      if (!NAME.matcher(name).matches()) {
        throw TroupeException.data(
            "%s is damaged; remove it: the run then goes on from its newest checkpoint"
                .formatted(file));
      }
      return name;
    } catch (IOException e) {
      throw TroupeException.resource("%s: %s".formatted(file, e));
    }
  }

  /** Has its whole text before it has its name. */
  private static void create(Path file) throws IOException {
    Path made = Files.createTempFile(file.getParent(), FILE + ".", ".tmp");
    try {
      Files.writeString(made, UUID.randomUUID() + "\n");
      Files.createLink(file, made);
    } catch (FileAlreadyExistsException another) {
      // Another node was first.
    } finally {
      Files.deleteIfExists(made);
    }
  }

  /**
   * The file in which a control node keeps its part of the run's journal: on the node's own disk.
   * Those of runs that nobody has gone on with for a month are removed.
   *
   * @param node the node's name
   */
  static Path journal(Path runFolder, String node) {
    String name = "%s-%s".formatted(of(runFolder), node.replaceAll("[^A-Za-z0-9._-]", "_"));
    Path all = PrivateFolder.of(PrivateFolder.runtimeRoot().resolve("journals"));
    removeOld(all, Instant.now().minus(KEPT), name);
    return all.resolve(name);
  }

  private static void removeOld(Path folder, Instant limit, String but) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(each -> !each.endsWith(but)).toList()) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      LOG.info("old journals are left: {}", e.toString());
    }
  }
}
