package dev.troupe.deploy.cli;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.file.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A file that a verb writes at its end, whole or not at all.
 *
 * @param option the option that names it
 * @param path the file; one that is there is replaced
 */
record ResultFile(String option, Path path) {
  /**
   * Refuses, before long work is done, what cannot be written to.
   *
   * @throws TroupeException (usage) naming the option and the remedy
   */
  ResultFile {
    Path folder = path.toAbsolutePath().getParent();
    boolean other = Files.exists(path) && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    if (folder == null || !Files.isWritable(folder) || other) {
      throw TroupeException.usage(
          "%s = %s cannot be written; give a file in a folder that exists and can be written to"
              .formatted(option, path));
    }
  }

  /**
   * Writes the file.
   *
   * @throws TroupeException (resources) where the disk fails
   */
  void write(String text) {
    try {
      WholeFile.write(path, text);
    } catch (IOException e) {
      throw new TroupeException(
          Category.RESOURCE, "%s = %s cannot be written: %s".formatted(option, path, e), e);
    }
  }
}
