package dev.troupe.parallel;

import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Layout;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.Pass;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;
import java.util.ArrayList;
import java.util.List;

/**
 * Y_i = X W_i^T for one or several weights that read the same input, each split along its output
 * dimension: rank r computes its own columns of Y_i. Forward gathers X; backward gathers it beside
 * dX = sum_i dY_i W_i, whose reduction runs beside the weight gradients dW_i += dY_i^T X.
 *
 * @param kernels where it runs
 * @param region the border that X comes through
 * @param weights each (out / tp, in)
 */
public record ColumnParallelLinear(Kernels kernels, TensorRegion region, List<Parameter> weights) {

  /** Copies the list. */
  public ColumnParallelLinear {
    weights = List.copyOf(weights);
  }

  /** One output a weight, each (B*T, out / tp), as activations. x: the local rows, (rows, in). */
  public List<Tensor> forward(Tensor x, Pass pass) {
    Workspace workspace = pass.workspace();
    long mark = workspace.mark();
    Tensor all = region.gather(x, workspace).await();
    List<Tensor> outputs = new ArrayList<>(weights.size());
    for (Parameter weight : weights) {
      Tensor y = workspace.activation(x.type(), all.rows(), weight.value().rows());
      kernels.matmul(y, all, weight.value(), Layout.NT, Accumulate.ASSIGN);
      outputs.add(y);
    }
    workspace.release(mark);
    return outputs;
  }

  /** dX for the local rows, in scratch; main gradients are added to. x: what forward was given. */
  public Tensor backward(List<Tensor> dys, Tensor x, Pass pass) {
    Workspace workspace = pass.workspace();
    TensorRegion.Moving gathered = region.gather(x, workspace);
    Tensor dx = workspace.scratch(x.type(), gathered.value().rows(), x.cols());
    for (int i = 0; i < weights.size(); i++) {
      Accumulate onto = i == 0 ? Accumulate.ASSIGN : Accumulate.ADD;
      kernels.matmul(dx, dys.get(i), weights.get(i).value(), Layout.NN, onto);
    }
    Tensor all = gathered.await();
    TensorRegion.Moving reduced = region.reduce(dx, workspace);
    for (int i = 0; i < weights.size(); i++) {
      kernels.matmul(weights.get(i).grad(), dys.get(i), all, Layout.TN, pass.gradients());
    }
    return reduced.await();
  }
}
