package dev.troupe.parallel;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;

/**
 * Sequence parallelism: outside the region each rank holds 1/tp of the token rows. Rows are cut
 * over the whole microbatch, which is as good as cutting each sequence: all that happens outside is
 * row by row.
 *
 * @param tp the tensor-parallel group
 */
public record SequenceRegion(Communicator tp) implements TensorRegion {
  @Override
  public int localRows(int tokens) {
    if (tokens % tp.size() != 0) {
      throw new IllegalArgumentException(tokens + " tokens on " + tp.size() + " ranks");
    }
    return tokens / tp.size();
  }

  @Override
  public boolean alone() {
    return tp.size() == 1;
  }

  @Override
  public Moving gather(Tensor x, Workspace workspace) {
    Tensor all = workspace.scratch(x.type(), x.rows() * tp.size(), x.cols());
    return new Moving(all, tp.allGather(x.view(), all.view()));
  }

  @Override
  public Moving reduce(Tensor partial, Workspace workspace) {
    Tensor mine = workspace.scratch(partial.type(), localRows(partial.rows()), partial.cols());
    return new Moving(mine, tp.reduceScatter(partial.view(), mine.view()));
  }
}
