package dev.troupe.checkpoint;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a checkpoint in its folder.
 *
 * @param step its step
 * @param stage what it is
 * @param epoch epoch of the mesh that writes it; 0 but for those being written: ranks of a mesh
 *     that ended may still be writing, and must not meet those of the next
 */
record StepName(long step, Stage stage, long epoch) {
  /** States of a checkpoint folder, told apart by the end of its name. */
  enum Stage {
    /** Complete and durable. */
    PUBLISHED(""),
    /** Complete, but a new checkpoint of the same step is about to take its place. */
    REPLACED(".old"),
    /** Being written, or being deleted. */
    UNFINISHED(".tmp");

    private final String suffix;

    Stage(String suffix) {
      this.suffix = suffix;
    }
  }

  private static final Pattern NAME =
      Pattern.compile("step-([0-9]{8,18})(?:\\.old|(?:\\.e([0-9]{1,18}))?\\.tmp)?");

  StepName {
    if (step < 0) {
      throw new IllegalArgumentException("step " + step + " is negative");
    }
  }

  static StepName published(long step) {
    return new StepName(step, Stage.PUBLISHED, 0);
  }

  static StepName unfinished(long step, long epoch) {
    return new StepName(step, Stage.UNFINISHED, epoch);
  }

  static StepName replaced(long step) {
    return new StepName(step, Stage.REPLACED, 0);
  }

  /** What a name means; nothing where it is not the name of a checkpoint. */
  static Optional<StepName> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long step = Long.parseLong(matcher.group(1));
    long epoch = matcher.group(2) == null ? 0 : Long.parseLong(matcher.group(2));
    for (Stage stage : Stage.values()) {
      StepName parsed = new StepName(step, stage, epoch);
      if (parsed.toString().equals(name)) {
        return Optional.of(parsed);
      }
    }
    return Optional.empty();
  }

  /** Whether a load may use it. */
  boolean loadable() {
    return stage != Stage.UNFINISHED;
  }

  /** The name itself. */
  @Override
  public String toString() {
    String writer = epoch == 0 ? "" : ".e" + epoch;
    return String.format(Locale.ROOT, "step-%08d%s%s", step, writer, stage.suffix);
  }
}
