package dev.troupe.model;

import dev.troupe.kernels.Kernels;
import dev.troupe.layer.Pass;
import dev.troupe.parallel.ColumnParallelLinear;
import dev.troupe.parallel.RowParallelLinear;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * y = swiglu(x Wg^T, x Wu^T) Wd^T (Shazeer 2020), its width split over the tensor-parallel ranks.
 *
 * @param kernels where it runs
 * @param input [Wg; Wu], (2f / tp, d)
 * @param output Wd, (d, f / tp)
 * @param keepProduct whether the SwiGLU product is kept for backward or computed again
 */
record Mlp(
    Kernels kernels, ColumnParallelLinear input, RowParallelLinear output, boolean keepProduct) {

  /** What backward reads: [gate, up] and the product where it is kept. */
  record Saved(Tensor gateUp, @Nullable Tensor product) {}

  /** The result of forward: the SwiGLU product, in scratch where it is not kept. */
  record Forward(Tensor product, Saved saved) {}

  /** All but the output projection. */
  Forward forward(Tensor x, Pass pass) {
    Tensor gateUp = input.forward(x, pass).getFirst();
    Tensor product = product(gateUp, pass.workspace(), keepProduct);
    return new Forward(product, new Saved(gateUp, keepProduct ? product : null));
  }

  /** dx for the local rows, in scratch. x: what forward was given. */
  Tensor backward(Tensor dy, Tensor x, Saved saved, Pass pass) {
    Tensor kept = saved.product();
    Tensor product = kept == null ? product(saved.gateUp(), pass.workspace(), false) : kept;
    Tensor dProduct = output.backward(dy, product, pass);
    // The gradient takes the place of [gate, up], which nobody reads after this.
    Tensor dGateUp = saved.gateUp();
    kernels.swigluBackward(dGateUp, dProduct, saved.gateUp());
    return input.backward(List.of(dGateUp), x, pass);
  }

  private Tensor product(Tensor gateUp, Workspace workspace, boolean keep) {
    int width = gateUp.cols() / 2;
    Tensor product =
        keep
            ? workspace.activation(gateUp.type(), gateUp.rows(), width)
            : workspace.scratch(gateUp.type(), gateUp.rows(), width);
    kernels.swiglu(product, gateUp);
    return product;
  }
}
