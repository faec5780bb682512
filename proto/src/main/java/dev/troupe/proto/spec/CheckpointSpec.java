package dev.troupe.proto.spec;

import org.jspecify.annotations.Nullable;

/**
 * When and where state is saved.
 *
 * @param every steps between two checkpoints; 0: only at the end
 * @param keep number of published checkpoints kept
 * @param dir folder of the checkpoints
 * @param local folder of the node's own that a copy of its ranks' files goes to; null: none
 * @param from checkpoint (or folder of them) to start from instead of {@code dir}'s latest
 */
public record CheckpointSpec(
    int every, int keep, String dir, @Nullable String local, @Nullable String from) {

  public CheckpointSpec {
    Require.atLeast(0, "checkpoint.every", every);
    Require.atLeast(1, "checkpoint.keep", keep);
    Require.notBlank("checkpoint.dir", dir);
  }
}
