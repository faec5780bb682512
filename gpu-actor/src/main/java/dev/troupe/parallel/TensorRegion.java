package dev.troupe.parallel;

import dev.troupe.collectives.comm.Pending;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;

/**
 * The border of a tensor-parallel region (Megatron-LM's conjugate mappings, Shoeybi et al. 2019,
 * Korthikanti et al. 2022). {@link #gather} leads into a column-parallel layer and {@link #reduce}
 * out of a row-parallel one; in the backward pass each is the other's gradient.
 *
 * <p>Without sequence parallelism every rank holds all token rows: gather is the identity and
 * reduce an all-reduce. With it a rank holds {@code 1/tp} of the rows: gather is an all-gather and
 * reduce a reduce-scatter.
 */
public interface TensorRegion {
  /** Token rows that this rank holds outside the region, of {@code tokens} in all. */
  int localRows(int tokens);

  /** Whether this rank is the only one: nothing is gathered or summed. */
  boolean alone();

  /** Starts to gather all token rows of x; the value is x itself or in scratch. */
  Moving gather(Tensor x, Workspace workspace);

  /**
   * Starts the sum of a partial result over the ranks. The value, in {@code partial} itself or in
   * scratch, is there after {@link Moving#await}.
   */
  Moving reduce(Tensor partial, Workspace workspace);

  /**
   * A collective under way.
   *
   * @param value where its result will be
   * @param pending completes it
   */
  record Moving(Tensor value, Pending pending) {
    /** Completes it and returns the result. */
    public Tensor await() {
      pending.await();
      return value;
    }
  }
}
