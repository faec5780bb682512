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
 */
record StepName(long step, Stage stage) {
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

  private static final Pattern NAME = Pattern.compile("step-([0-9]{8,18})(\\.old|\\.tmp)?");

  StepName {
    if (step < 0) {
      throw new IllegalArgumentException("step " + step + " is negative");
    }
  }

  static StepName published(long step) {
    return new StepName(step, Stage.PUBLISHED);
  }

  static StepName unfinished(long step) {
    return new StepName(step, Stage.UNFINISHED);
  }

  static StepName replaced(long step) {
    return new StepName(step, Stage.REPLACED);
  }

  /** What a name means; nothing where it is not the name of a checkpoint. */
  static Optional<StepName> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long step = Long.parseLong(matcher.group(1));
    for (Stage stage : Stage.values()) {
      StepName parsed = new StepName(step, stage);
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
    return String.format(Locale.ROOT, "step-%08d%s", step, stage.suffix);
  }
}
