package dev.troupe.deploy.chaos.engine;

import dev.troupe.checkpoint.StorageOperation;
import dev.troupe.deploy.chaos.plan.Moment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which moments of a plan the coordinator's operations on checkpoints are. */
final class CheckpointMoments {
  private static final Pattern STEP = Pattern.compile("step-([0-9]{1,18})");

  private CheckpointMoments() {}

  /** The moment that an operation is; nothing where it is none of a plan. */
  static Optional<Moment> of(StorageOperation operation, Path path) {
    String name = String.valueOf(path.getFileName());
    return switch (operation) {
      case CREATE_FOLDER ->
          name.startsWith("step-") ? Optional.of(Moment.CHECKPOINT_BEGIN) : Optional.empty();
      case CREATE_FILE, WRITE, FORCE_FILE ->
          name.startsWith("manifest") ? Optional.of(Moment.CHECKPOINT_MANIFEST) : Optional.empty();
      case RENAME ->
          name.equals("latest")
              ? Optional.of(Moment.CHECKPOINT_LATEST)
              : name.startsWith("step-") && !name.endsWith(".old")
                  ? Optional.of(Moment.CHECKPOINT_RENAME)
                  : Optional.empty();
      case FORCE_FOLDER, DELETE, LIST, SIZE, READ, MAP -> Optional.empty();
    };
  }

  /** The step of the checkpoint that a path is of; {@code whereNone} where it tells none. */
  static long step(Path path, long whereNone) {
    Matcher matcher = STEP.matcher(path.toString());
    long step = whereNone;
    while (matcher.find()) {
      step = Long.parseLong(matcher.group(1));
    }
    return step;
  }
}
