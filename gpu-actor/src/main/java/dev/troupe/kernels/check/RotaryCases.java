package dev.troupe.kernels.check;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import java.util.List;

/** Rotary embedding and SwiGLU, whose rows are made of two halves. */
final class RotaryCases {
  private static final int HEADS = 3;
  private static final int MOST_HEAD = 128;

  private RotaryCases() {}

  static List<KernelCase> of(RowCase row) {
    return List.of(
        row.of("rope", backend -> rope(backend, row, false)),
        row.of("rope", "inverse", backend -> rope(backend, row, true)),
        row.of("swiglu", backend -> swiglu(backend, row)),
        row.of("swigluBackward", backend -> swigluBackward(backend, row, false)),
        row.of("swigluBackward", "in place", backend -> swigluBackward(backend, row, true)));
  }

  /** Rows of sequences that start at a later position, heads as wide as twice the columns. */
  private static List<Output> rope(Backend backend, RowCase row, boolean inverse) {
    int headDim = Math.min(2 * row.cols(), MOST_HEAD);
    int length = Math.max(1, row.rows() / 2);
    int first = 2;
    Framed x = backend.framed(row.type(), Values.normal(row.rows(), HEADS * headDim, 1));
    Tensor table = backend.tensor(DataType.FLOAT32, angles(first + length, headDim));
    backend.kernels().rope(x.view(), table, headDim, length, first, inverse);
    return new Outputs(backend).add("x", x, Bound.of(row.type())).list();
  }

  private static Values angles(int positions, int headDim) {
    double[] data = new double[positions * headDim];
    int half = headDim / 2;
    for (int p = 0; p < positions; p++) {
      for (int i = 0; i < half; i++) {
        double angle = p * Math.pow(10_000, -(double) i / half);
        data[p * headDim + i] = Math.cos(angle);
        data[p * headDim + half + i] = Math.sin(angle);
      }
    }
    return new Values(positions, headDim, data);
  }

  private static List<Output> swiglu(Backend backend, RowCase row) {
    Tensor gateUp = gateUp(backend, row).view();
    Framed y = backend.framedOutput(row.type(), row.rows(), row.cols());
    backend.kernels().swiglu(y.view(), gateUp);
    return new Outputs(backend).add("y", y, Bound.of(row.type())).list();
  }

  private static List<Output> swigluBackward(Backend backend, RowCase row, boolean inPlace) {
    Framed gateUp = gateUp(backend, row);
    Tensor dy = backend.tensor(row.type(), row.normal(2));
    Framed dGateUp =
        inPlace ? gateUp : backend.framedOutput(row.type(), row.rows(), 2 * row.cols());
    backend.kernels().swigluBackward(dGateUp.view(), dy, gateUp.view());
    return new Outputs(backend).add("dGateUp", dGateUp, Bound.of(row.type())).list();
  }

  /** Also gates far out, where the sigmoid is 0 or 1. */
  private static Framed gateUp(Backend backend, RowCase row) {
    Values values = Values.normal(row.rows(), 2 * row.cols(), 1).map(v -> v > 2 ? 40 * v : v);
    return backend.framed(row.type(), values.map(v -> v < -2 ? 40 * v : v));
  }
}
