package dev.troupe.kernels.cuda;

import static dev.troupe.kernels.cuda.Operands.address;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.kernels.AdamFactors;
import dev.troupe.kernels.AdamRange;
import dev.troupe.kernels.AdamStep;
import dev.troupe.tensor.Tensor;
import java.util.List;

/** Gradient norms and AdamW over flat ranges. */
final class OptimizerKernels {
  private static final int THREADS = 256;
  private static final int BLOCKS_A_GRID = THREADS / 32;
  private static final int MAX_GRID = 1 << 16;
  private static final int WIDTH = 4;

  private final CudaDevice device;
  private final Temporaries temporaries;
  private final AdamTable table = new AdamTable();
  private final CudaKernel sumOfSquares;
  private final TypedKernel adamw;

  OptimizerKernels(CudaDevice device, CudaModule module, Temporaries temporaries) {
    this.device = device;
    this.temporaries = temporaries;
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
            device.compute(),
            (int) Math.min((count + BLOCKS_A_GRID - 1) / BLOCKS_A_GRID, MAX_GRID),
            1,
            THREADS,
            0);
  }

  /** One launch for all ranges, whose values have one type. */
  void adamw(List<AdamRange> ranges, AdamStep step) {
    for (AdamRange range : ranges) {
      check(range, ranges.getFirst().value().type());
    }
    int pieces = table.fill(ranges, step);
    if (pieces == 0) {
      return;
    }
    long bytes = AdamTable.bytes(ranges.size());
    long onDevice = temporaries.take("adamw", bytes);
    device.write(
        table.host().asSlice(0, bytes),
        new BufferView(temporaries.buffer(), 0, bytes, DataType.INT8));
    AdamFactors f = AdamFactors.of(step);
    adamw
        .of(ranges.getFirst().value().type())
        .pointer(onDevice)
        .i32(ranges.size())
        .f32(f.beta1())
        .f32(f.beta2())
        .f32(f.rest1())
        .f32(f.rest2())
        .f32(f.gradScale())
        .f32(f.rate())
        .f32(f.rootScale())
        .f32(f.eps())
        .launch(device.compute(), pieces, 1, THREADS, 0);
  }

  private static void check(AdamRange range, DataType type) {
    Tensor master = range.master();
    Operands.type("adamw", type, range.value());
    Operands.type(
        "adamw", DataType.FLOAT32, master, range.expAvg(), range.expAvgSq(), range.grad());
    Operands.sameShape(
        "adamw", master, range.value(), range.expAvg(), range.expAvgSq(), range.grad());
    Operands.dense("adamw", range.value(), master, range.expAvg(), range.expAvgSq(), range.grad());
  }
}
