package dev.troupe.layer;

import dev.troupe.kernels.Accumulate;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;
import org.jspecify.annotations.Nullable;

/**
 * What layers need to know of the microbatch under way.
 *
 * @param workspace memory for activations and scratch
 * @param gradients whether the backward pass overwrites main gradients or adds to them
 * @param sequences B, sequences of the microbatch
 * @param length T, tokens a sequence
 * @param firstKeys int32 (B*T, 1): the place of each token's document in its sequence, before which
 *     the token sees nothing; null: a sequence is one document
 */
public record Pass(
    Workspace workspace,
    Accumulate gradients,
    int sequences,
    int length,
    @Nullable Tensor firstKeys) {

  /** A microbatch in which each sequence is one document. */
  public Pass(Workspace workspace, Accumulate gradients, int sequences, int length) {
    this(workspace, gradients, sequences, length, null);
  }

  /** Token rows of the microbatch, B*T. */
  public int tokens() {
    return sequences * length;
  }
}
