package dev.troupe.deploy.cli;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/** Finds the checkpoints of the run that saved last. */
final class LatestRun {
  private LatestRun() {}

  /**
   * The checkpoint folder of the run below {@code runs} whose {@code latest} is the newest.
   *
   * @throws TroupeException of category usage where no run has saved
   */
  static Path checkpoints(Path runs) {
    @Nullable Path newest = null;
    @Nullable FileTime newestTime = null;
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(runs)) {
      for (Path run : folders) {
        Path checkpoints = run.resolve("checkpoints");
        Path latest = checkpoints.resolve("latest");
        if (Files.exists(latest)) {
          FileTime time = Files.getLastModifiedTime(latest);
          if (newestTime == null || time.compareTo(newestTime) > 0) {
            newest = checkpoints;
            newestTime = time;
          }
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw none(runs);
    } catch (IOException e) {
      throw new TroupeException(Category.DATA, "cannot read the folder " + runs + ": " + e, e);
    }
    if (newest == null) {
      throw none(runs);
    }
    return newest;
  }

  private static TroupeException none(Path runs) {
    return TroupeException.usage(
        "no checkpoint in %s/*/checkpoints; train first (./troupe train) or give --checkpoint"
            .formatted(runs));
  }
}
