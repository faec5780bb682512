package dev.troupe.kernels.cuda;

import static dev.troupe.kernels.cuda.Operands.address;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.kernels.AdamFactors;
import dev.troupe.kernels.AdamStep;
import dev.troupe.tensor.Tensor;

/** Gradient norms and AdamW over flat ranges. */
final class OptimizerKernels {
  private static final int THREADS = 256;
  private static final int BLOCKS_A_GRID = THREADS / 32;
  private static final int MAX_GRID = 1 << 16;
  private static final int WIDTH = 4;

  private final CudaStream stream;
  private final CudaKernel sumOfSquares;
  private final TypedKernel adamw;

  OptimizerKernels(CudaStream stream, CudaModule module) {
    this.stream = stream;
    this.sumOfSquares = module.kernel("sum_of_squares");
    this.adamw = TypedKernel.of(module, "adamw");
  }

  void sumOfSquares(Tensor blocks, Tensor x, int blockSize) {
    Operands.type("sumOfSquares", DataType.FLOAT64, blocks);
    Operands.type("sumOfSquares", DataType.FLOAT32, x);
    Operands.dense("sumOfSquares", blocks, x);
    long count = (x.elements() + blockSize - 1) / blockSize;
    if (blocks.elements() < count) {
      throw new IllegalArgumentException(
          "sumOfSquares: %d blocks in room for %d".formatted(count, blocks.elements()));
    }
    if (count == 0) {
      return;
    }
    boolean vector = blockSize % WIDTH == 0 && Operands.alignedStarts(x);
    sumOfSquares
        .pointer(address(blocks))
        .pointer(address(x))
        .i32(blockSize)
        .i64(x.elements())
        .i32(vector ? 1 : 0)
        .launch(
            stream,
            (int) Math.min((count + BLOCKS_A_GRID - 1) / BLOCKS_A_GRID, MAX_GRID),
            1,
            THREADS,
            0);
  }

  void adamw(
      Tensor value, Tensor master, Tensor expAvg, Tensor expAvgSq, Tensor grad, AdamStep step) {
    Operands.type("adamw", DataType.FLOAT32, master, expAvg, expAvgSq, grad);
    Operands.sameShape("adamw", master, value, expAvg, expAvgSq, grad);
    Operands.dense("adamw", value, master, expAvg, expAvgSq, grad);
    Extent extent = Extent.of(WIDTH, master, value, expAvg, expAvgSq, grad);
    if (extent.empty()) {
      return;
    }
    AdamFactors f = AdamFactors.of(step);
    CudaKernel kernel =
        adamw
            .of(value.type())
            .pointer(address(value))
            .pointer(address(master))
            .pointer(address(expAvg))
            .pointer(address(expAvgSq))
            .pointer(address(grad))
            .i64(extent.cols())
            .f32(f.beta1())
            .f32(f.beta2())
            .f32(f.rest1())
            .f32(f.rest2())
            .f32(f.gradScale())
            .f32(f.keep())
            .f32(f.rate())
            .f32(f.rootScale())
            .f32(f.eps())
            .i32(extent.vectorFlag());
    extent.launch(kernel, stream);
  }
}
