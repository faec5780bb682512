package dev.troupe.parallel;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Layout;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.Pass;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;

/**
 * The output head and the cross-entropy in one: logits = X W^T with W split by token id, loss_r =
 * log(sum_v exp(logit_rv)) - logit_r,target. The logits are made, used and overwritten by their
 * gradient a chunk of rows at a time, so that the (tokens x vocabulary) matrix never exists, and
 * they are never gathered: the ranks exchange a maximum and two sums a row (Megatron-LM's
 * cross_entropy).
 *
 * @param kernels where it runs
 * @param region the border that X comes through
 * @param tp the tensor-parallel group
 * @param weight (padded vocabulary / tp, d)
 * @param first id of the weight's first row
 * @param valid rows of this rank that are token ids; the rest is padding and takes no part
 */
public record VocabParallelHead(
    Kernels kernels, TensorRegion region, Communicator tp, Parameter weight, int first, int valid) {

  private static final int GRANULE = 64;

  /**
   * Losses a row in nats, float32 (B*T, 1), and the gradient of the local rows of X, as scratch.
   */
  public record LossAndGradient(Tensor losses, Tensor dx) {}

  /** Losses only: evaluation. x: the local rows; targets int32 (B*T, 1). */
  public Tensor losses(Tensor x, Tensor targets, Pass pass) {
    Workspace workspace = pass.workspace();
    Tensor losses = workspace.scratch(DataType.FLOAT32, targets.rows(), 1);
    Tensor all = region.gather(x, workspace).await();
    int chunk = chunk(all.rows());
    for (int from = 0; from < all.rows(); from += chunk) {
      int rows = Math.min(chunk, all.rows() - from);
      long mark = workspace.mark();
      chunkLoss(all.rows(from, rows), targets.rows(from, rows), losses.rows(from, rows), 0, pass);
      workspace.release(mark);
    }
    return losses;
  }

  /**
   * Forward and backward of the chunks in turn.
   *
   * @param scale gradient of the total loss with respect to one row's loss
   */
  public LossAndGradient lossAndGradient(Tensor x, Tensor targets, float scale, Pass pass) {
    Workspace workspace = pass.workspace();
    Tensor losses = workspace.scratch(DataType.FLOAT32, targets.rows(), 1);
    Tensor all = region.gather(x, workspace).await();
    Tensor dx = workspace.scratch(x.type(), all.rows(), x.cols());
    int chunk = chunk(all.rows());
    for (int from = 0; from < all.rows(); from += chunk) {
      int rows = Math.min(chunk, all.rows() - from);
      long mark = workspace.mark();
      Tensor part = all.rows(from, rows);
      Tensor dLogits =
          chunkLoss(part, targets.rows(from, rows), losses.rows(from, rows), scale, pass);
      kernels.matmul(dx.rows(from, rows), dLogits, weight.value(), Layout.NN, Accumulate.ASSIGN);
      Accumulate onto = from == 0 ? pass.gradients() : Accumulate.ADD;
      kernels.matmul(weight.grad(), dLogits, part, Layout.TN, onto);
      workspace.release(mark);
    }
    return new LossAndGradient(losses, region.reduce(dx, workspace).await());
  }

  /** Logits of all ids, float32 (rows, padded vocabulary / tp), in scratch: generation. */
  public Tensor logits(Tensor x, Pass pass) {
    Tensor all = region.gather(x, pass.workspace()).await();
    Tensor logits = pass.workspace().scratch(DataType.FLOAT32, all.rows(), weight.value().rows());
    kernels.matmul(logits, all, weight.value(), Layout.NT, Accumulate.ASSIGN);
    return logits;
  }

  private Tensor chunkLoss(Tensor x, Tensor targets, Tensor losses, float scale, Pass pass) {
    Workspace workspace = pass.workspace();
    int rows = x.rows();
    Tensor logits = workspace.scratch(DataType.FLOAT32, rows, weight.value().rows());
    kernels.matmul(logits, x, weight.value(), Layout.NT, Accumulate.ASSIGN);
    Tensor max = workspace.scratch(DataType.FLOAT32, rows, 1);
    kernels.rowMax(max, logits, valid);
    tp.allReduce(max.view(), ReduceOp.MAX).await();
    Tensor sums = workspace.scratch(DataType.FLOAT32, 2, rows);
    kernels.expSum(sums, logits, max, targets, first, valid);
    tp.allReduce(sums.view(), ReduceOp.SUM).await();
    Tensor dLogits =
        x.type() == DataType.FLOAT32 ? logits : workspace.scratch(x.type(), rows, logits.cols());
    kernels.crossEntropyBackward(dLogits, losses, logits, sums, targets, first, scale);
    return dLogits;
  }

  private int chunk(int rows) {
    int wanted = kernels.logitsAtOnce() / weight.value().rows() / GRANULE * GRANULE;
    return Math.clamp(wanted, Math.min(GRANULE, rows), rows);
  }
}
