package dev.troupe.layer;

import dev.troupe.kernels.Accumulate;
import dev.troupe.tensor.Workspace;

/**
 * What layers need to know of the microbatch under way.
 *
 * @param workspace memory for activations and scratch
 * @param gradients whether the backward pass overwrites main gradients or adds to them
 * @param sequences B, sequences of the microbatch
 * @param length T, tokens a sequence
 */
public record Pass(Workspace workspace, Accumulate gradients, int sequences, int length) {
  /** Token rows of the microbatch, B*T. */
  public int tokens() {
    return sequences * length;
  }
}
