package dev.troupe.parallel;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;

/**
 * Tensor parallelism with every token row on every rank: identity in, all-reduce out.
 *
 * @param tp the tensor-parallel group
 */
public record ReplicatedRegion(Communicator tp) implements TensorRegion {
  @Override
  public int localRows(int tokens) {
    return tokens;
  }

  @Override
  public Tensor gather(Tensor x, Workspace workspace) {
    return x;
  }

  @Override
  public Reduced reduce(Tensor partial, Workspace workspace) {
    return new Reduced(partial, tp.allReduce(partial.view(), ReduceOp.SUM));
  }
}
