package dev.troupe.parallel;

import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Kernels;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.Pass;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;

/**
 * Rows of a table split by token id: each rank looks up the ids it holds, the others give zero, and
 * the sum over the ranks is the embedding.
 *
 * @param kernels where it runs
 * @param region the border that the result goes through
 * @param table (vocabulary / tp, d)
 * @param first id of the table's first row
 */
public record VocabParallelEmbedding(
    Kernels kernels, TensorRegion region, Parameter table, int first) {

  /** The local rows of the embedding, as an activation. ids: int32 (B*T, 1). */
  public Tensor forward(Tensor ids, Pass pass) {
    Workspace workspace = pass.workspace();
    Tensor value = table.value();
    Tensor x = workspace.activation(value.type(), region.localRows(ids.rows()), value.cols());
    long mark = workspace.mark();
    Tensor partial =
        x.rows() == ids.rows() ? x : workspace.scratch(value.type(), ids.rows(), value.cols());
    kernels.embedding(partial, value, ids, first);
    Tensor sum = region.reduce(partial, workspace).await();
    if (!sum.equals(x)) {
      kernels.copy(x, sum);
    }
    workspace.release(mark);
    return x;
  }

  /**
   * Adds to the table's main gradient. dx: the local rows.
   *
   * @param onto ADD where another layer (a tied head) has already written this gradient
   */
  public void backward(Tensor dx, Tensor ids, Accumulate onto, Pass pass) {
    Workspace workspace = pass.workspace();
    long mark = workspace.mark();
    Tensor all = region.gather(dx, workspace).await();
    if (onto == Accumulate.ASSIGN) {
      kernels.zero(table.grad());
    }
    kernels.embeddingBackward(table.grad(), all, ids, first);
    workspace.release(mark);
  }
}
