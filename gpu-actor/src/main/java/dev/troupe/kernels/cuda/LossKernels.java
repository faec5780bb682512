package dev.troupe.kernels.cuda;

import static dev.troupe.kernels.cuda.Operands.address;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.tensor.Tensor;

/** The three passes of a vocabulary-parallel cross-entropy. */
final class LossKernels {
  private static final int THREADS = 1024;
  private static final int WIDTH = 4;

  /** What the contract of the passes promises of columns. */
  private static final int COLUMN_MULTIPLE = 16;

  private final CudaStream stream;
  private final CudaKernel rowMax;
  private final CudaKernel expSum;
  private final TypedKernel backward;

  LossKernels(CudaStream stream, CudaModule module) {
    this.stream = stream;
    this.rowMax = module.kernel("row_max");
    this.expSum = module.kernel("exp_sum");
    this.backward = TypedKernel.of(module, "cross_entropy_backward");
  }

  void rowMax(Tensor max, Tensor logits, int valid) {
    checkLogits("rowMax", logits, valid);
    Operands.column("rowMax", max, logits.rows());
    if (logits.rows() == 0) {
      return;
    }
    rowMax
        .pointer(address(max))
        .pointer(address(logits))
        .i32(logits.stride())
        .i32(logits.rows())
        .i32(valid)
        .i32(Operands.aligned(logits) ? 1 : 0)
        .launch(stream, logits.rows(), 1, threads(logits), 0);
  }

  void expSum(Tensor sums, Tensor logits, Tensor max, Tensor targets, int first, int valid) {
    checkLogits("expSum", logits, valid);
    Operands.column("expSum", max, logits.rows());
    checkSums("expSum", sums, targets, logits.rows());
    if (logits.rows() == 0) {
      return;
    }
    expSum
        .pointer(address(sums))
        .i32(sums.stride())
        .pointer(address(logits))
        .i32(logits.stride())
        .pointer(address(max))
        .pointer(address(targets))
        .i32(targets.stride())
        .i32(first)
        .i32(logits.rows())
        .i32(valid)
        .i32(logits.cols())
        .i32(Operands.aligned(logits) ? 1 : 0)
        .launch(stream, logits.rows(), 1, threads(logits), 0);
  }

  void backward(
      Tensor dLogits,
      Tensor losses,
      Tensor exps,
      Tensor sums,
      Tensor targets,
      int first,
      float scale) {
    checkLogits("crossEntropyBackward", exps, exps.cols());
    Operands.sameShape("crossEntropyBackward", exps, dLogits);
    Operands.column("crossEntropyBackward", losses, exps.rows());
    checkSums("crossEntropyBackward", sums, targets, exps.rows());
    Extent extent = new Extent(exps.rows(), exps.cols(), WIDTH, Operands.aligned(exps, dLogits));
    if (extent.empty()) {
      return;
    }
    CudaKernel kernel =
        backward
            .of(dLogits.type())
            .pointer(address(dLogits))
            .i32(dLogits.stride())
            .pointer(address(losses))
            .pointer(address(exps))
            .i32(exps.stride())
            .pointer(address(sums))
            .i32(sums.stride())
            .pointer(address(targets))
            .i32(targets.stride())
            .i32(first)
            .f32(scale)
            .i32(exps.rows())
            .i32(exps.cols())
            .i32(extent.vectorFlag());
    extent.launch(kernel, stream);
  }

  private static int threads(Tensor logits) {
    return Blocks.threads(logits.cols() / WIDTH, THREADS);
  }

  private static void checkLogits(String kernel, Tensor logits, int valid) {
    Operands.type(kernel, DataType.FLOAT32, logits);
    if (logits.cols() % COLUMN_MULTIPLE != 0 || valid < 0 || valid > logits.cols()) {
      throw new IllegalArgumentException(
          "%s: %d valid of %d columns; pad the vocabulary to a multiple of %d"
              .formatted(kernel, valid, logits.cols(), COLUMN_MULTIPLE));
    }
  }

  private static void checkSums(String kernel, Tensor sums, Tensor targets, int rows) {
    Operands.type(kernel, DataType.FLOAT32, sums);
    Operands.shape(kernel, sums, 2, rows);
    Operands.type(kernel, DataType.INT32, targets);
    Operands.shape(kernel, targets, rows, 1);
  }
}
