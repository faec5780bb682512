package dev.troupe.parallel;

import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Layout;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.Pass;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;

/**
 * Y = X W^T with W split along its input dimension: rank r multiplies its own columns of X, and the
 * partial products are reduced. Backward gathers dY; dX = dY W is local, dW += dY^T X.
 *
 * @param kernels where it runs
 * @param region the border that Y goes through
 * @param weight (out, in / tp)
 */
public record RowParallelLinear(Kernels kernels, TensorRegion region, Parameter weight) {

  /** The local rows of Y, (rows, out), in scratch. x: (B*T, in / tp). */
  public Tensor forward(Tensor x, Pass pass) {
    Workspace workspace = pass.workspace();
    Tensor y = workspace.scratch(x.type(), x.rows(), weight.value().rows());
    kernels.matmul(y, x, weight.value(), Layout.NT, Accumulate.ASSIGN);
    return region.reduce(y, workspace).await();
  }

  /** Whether {@link #forwardOnto} is faster than {@link #forward} and a sum. */
  public boolean fusesResidual() {
    return region.alone() && kernels.fusesResidual();
  }

  /** sum = residual + Y; where {@link #fusesResidual}. */
  public void forwardOnto(Tensor sum, Tensor residual, Tensor x) {
    kernels.matmulAdd(sum, residual, x, weight.value(), Layout.NT);
  }

  /** dX, (B*T, in / tp), in scratch; the main gradient is added to. dy: the local rows. */
  public Tensor backward(Tensor dy, Tensor x, Pass pass) {
    Workspace workspace = pass.workspace();
    Tensor all = region.gather(dy, workspace).await();
    Tensor dx = workspace.scratch(x.type(), x.rows(), x.cols());
    kernels.matmul(dx, all, weight.value(), Layout.NN, Accumulate.ASSIGN);
    kernels.matmul(weight.grad(), all, x, Layout.TN, pass.gradients());
    return dx;
  }
}
