package dev.troupe.checkpoint;

import dev.troupe.proto.error.TroupeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The small text file that names the checkpoint to start from; it is only ever replaced whole. */
record LatestFile(Disk disk, Path folder) {
  private static final String NAME = "latest";
  private static final String NEW_NAME = "latest.tmp";

  /**
   * The checkpoint it names.
   *
   * @param names the entries of the folder
   * @param warnings told where the file is there but names none
   */
  Optional<StepName> read(List<String> names, Consumer<String> warnings) {
    return isIn(names) ? parse(warnings) : Optional.empty();
  }

  /** Whether it is among the entries of a folder, which then had a checkpoint. */
  static boolean isIn(List<String> names) {
    return names.contains(NAME);
  }

  Path file() {
    return folder.resolve(NAME);
  }

  private Optional<StepName> parse(Consumer<String> warnings) {
    Path file = file();
    try {
      String text = new String(disk.read(file), StandardCharsets.UTF_8);
      Optional<StepName> named =
          StepName.parse(text.strip()).filter(name -> name.stage() == StepName.Stage.PUBLISHED);
      if (named.isEmpty()) {
        warnings.accept(file + " is damaged: it names no checkpoint. Trying the newest.");
      }
      return named;
    } catch (TroupeException unreadable) {
      warnings.accept(unreadable.getMessage() + " Trying the newest checkpoint.");
      return Optional.empty();
    }
  }

  /** Makes it name another checkpoint, durably and in one step. */
  void write(StepName name) {
    Path file = folder.resolve(NEW_NAME);
    disk.write(file, (name + "\n").getBytes(StandardCharsets.UTF_8));
    disk.rename(file, file());
    disk.forceFolder(folder);
  }

  /** Deletes what an interrupted {@link #write} left behind. */
  void removeUnfinished() {
    disk.delete(folder.resolve(NEW_NAME));
  }
}
