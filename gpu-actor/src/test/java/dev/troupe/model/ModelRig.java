package dev.troupe.model;

import dev.troupe.kernels.Matrix;
import dev.troupe.layer.LayerRig;
import dev.troupe.layer.Parameter;
import dev.troupe.parallel.ColumnParallelLinear;
import dev.troupe.parallel.RowParallelLinear;
import dev.troupe.parallel.TensorRank;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The parts of a block on one rank, with random weights. */
final class ModelRig implements AutoCloseable {
  private final LayerRig rig = new LayerRig();
  private final TensorRank alone = TensorRank.alone(rig);
  private final List<Parameter> weights = new ArrayList<>();

  LayerRig rig() {
    return rig;
  }

  TensorRank alone() {
    return alone;
  }

  /** All weights made so far, in the order of their making. */
  List<Parameter> weights() {
    return List.copyOf(weights);
  }

  Parameter weight(int rows, int cols) {
    double std = rows == 1 ? 1 : 1 / Math.sqrt(cols);
    Parameter weight =
        rig.parameter(Matrix.normal(rows, cols, 100 + weights.size()).map(v -> std * v));
    weights.add(weight);
    return weight;
  }

  ColumnParallelLinear column(int in, int... out) {
    List<Parameter> parts = new ArrayList<>();
    for (int rows : out) {
      parts.add(weight(rows, in));
    }
    return new ColumnParallelLinear(rig.kernels(), alone.region(), parts);
  }

  RowParallelLinear row(int out, int in) {
    return new RowParallelLinear(rig.kernels(), alone.region(), weight(out, in));
  }

  Tensor rope(int positions, int headDim) {
    return RopeTable.fill(
        rig.device().device(),
        rig.device().allocate((long) positions * headDim * Float.BYTES),
        positions,
        RopeFrequencies.of(headDim, 100, null));
  }

  Attention attention(int hidden, int heads, int kvHeads, int length) {
    int headDim = hidden / heads;
    return new Attention(
        rig.kernels(),
        column(hidden, hidden, 2 * kvHeads * headDim),
        row(hidden, hidden),
        rope(length, headDim),
        heads,
        kvHeads,
        headDim);
  }

  Mlp mlp(int hidden, int width, boolean keepProduct) {
    return new Mlp(rig.kernels(), column(hidden, 2 * width), row(hidden, width), keepProduct);
  }

  @Override
  public void close() {
    rig.close();
  }
}
