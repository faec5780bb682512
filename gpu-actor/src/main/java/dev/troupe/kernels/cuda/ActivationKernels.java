package dev.troupe.kernels.cuda;

import static dev.troupe.kernels.cuda.Operands.address;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.tensor.Tensor;

/** Rotary embedding and SwiGLU. */
final class ActivationKernels {
  private final CudaStream stream;
  private final TypedKernel rope;
  private final TypedKernel swiglu;
  private final TypedKernel swigluBackward;

  ActivationKernels(CudaStream stream, CudaModule module) {
    this.stream = stream;
    this.rope = TypedKernel.of(module, "rope");
    this.swiglu = TypedKernel.of(module, "swiglu");
    this.swigluBackward = TypedKernel.of(module, "swiglu_backward");
  }

  void rope(Tensor x, Tensor table, int headDim, int length, int first, boolean inverse) {
    Operands.type("rope", DataType.FLOAT32, table);
    int positions = first + Math.min(length, x.rows());
    if (x.cols() % headDim != 0 || headDim % 2 != 0 || table.rows() < positions) {
      throw new IllegalArgumentException(
          "rope: %d columns in heads of %d, %d positions in a table of %d"
              .formatted(x.cols(), headDim, positions, table.rows()));
    }
    int half = headDim / 2;
    int width = Operands.width(x.type());
    boolean vector = half % width == 0 && Operands.aligned(x, table);
    Extent extent = new Extent(x.rows(), x.cols() / 2, width, vector);
    if (extent.empty()) {
      return;
    }
    CudaKernel kernel =
        rope.of(x.type())
            .pointer(address(x))
            .i32(x.stride())
            .pointer(address(table))
            .i32(table.stride())
            .i32(x.rows())
            .i32(x.cols() / headDim)
            .i32(half)
            .i32(length)
            .i32(first)
            .f32(inverse ? -1f : 1f)
            .i32(extent.vectorFlag());
    extent.launch(kernel, stream);
  }

  void swiglu(Tensor y, Tensor gateUp) {
    Operands.shape("swiglu", gateUp, y.rows(), 2 * y.cols());
    Operands.type("swiglu", y.type(), gateUp);
    Extent extent = halves(y, gateUp);
    if (extent.empty()) {
      return;
    }
    CudaKernel kernel =
        swiglu
            .of(y.type())
            .pointer(address(y))
            .i32(y.stride())
            .pointer(address(gateUp))
            .i32(gateUp.stride())
            .i32(y.rows())
            .i32(y.cols())
            .i32(extent.vectorFlag());
    extent.launch(kernel, stream);
  }

  void swigluBackward(Tensor dGateUp, Tensor dy, Tensor gateUp) {
    Operands.shape("swigluBackward", gateUp, dy.rows(), 2 * dy.cols());
    Operands.sameShape("swigluBackward", gateUp, dGateUp);
    Operands.type("swigluBackward", dy.type(), gateUp, dGateUp);
    Extent extent = halves(dy, gateUp, dGateUp);
    if (extent.empty()) {
      return;
    }
    CudaKernel kernel =
        swigluBackward
            .of(dy.type())
            .pointer(address(dGateUp))
            .i32(dGateUp.stride())
            .pointer(address(dy))
            .i32(dy.stride())
            .pointer(address(gateUp))
            .i32(gateUp.stride())
            .i32(dy.rows())
            .i32(dy.cols())
            .i32(extent.vectorFlag());
    extent.launch(kernel, stream);
  }

  /** In packs only where the second halves of rows are aligned too. */
  private static Extent halves(Tensor half, Tensor... whole) {
    int width = Operands.width(half.type());
    boolean vector = half.cols() % width == 0 && Operands.aligned(half) && Operands.aligned(whole);
    return new Extent(half.rows(), half.cols(), width, vector);
  }
}
