package dev.troupe.checkpoint;

import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;

/** Errors for files whose content is not what it must be. */
final class Damage {
  private Damage() {}

  /** A part of a checkpoint is damaged. */
  static TroupeException checkpoint(Path file, String what) {
    return TroupeException.data(
        "Checkpoint file "
            + file
            + " is damaged: "
            + what
            + ". Restore the file from a copy, or use another checkpoint.");
  }

  /** A safetensors file is damaged, or is none. */
  static TroupeException safetensors(Path file, String what) {
    return TroupeException.data(
        file + " is not a valid safetensors file: " + what + ". Download or write the file again.");
  }
}
