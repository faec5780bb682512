package dev.troupe.parallel;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Pending;
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
  public boolean alone() {
    return tp.size() == 1;
  }

  @Override
  public Moving gather(Tensor x, Workspace workspace) {
    return new Moving(x, Pending.DONE);
  }

  @Override
  public Moving reduce(Tensor partial, Workspace workspace) {
    return new Moving(partial, tp.allReduce(partial.view(), ReduceOp.SUM));
  }
}
