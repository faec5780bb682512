package dev.troupe.kernels.cpu;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AdamStep;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Gradient norms and AdamW over flat ranges, in blocks for the lanes. */
final class OptimizerWork {
  private final RowWork work;

  OptimizerWork(RowWork work) {
    this.work = work;
  }

  /** blocks[i] = sum of squares of a block of x. */
  void sumOfSquares(Tensor blocks, Tensor x, int blockSize) {
    if (blocks.type() != DataType.FLOAT64) {
      throw new IllegalArgumentException("block sums are float64");
    }
    MemorySegment sums = FloatRows.segment(blocks);
    MemorySegment values = FloatRows.floats(x);
    long first = FloatRows.first(x);
    int count = Math.toIntExact((x.elements() + blockSize - 1) / blockSize);
    work.rows(
        count,
        blockSize,
        (piece, from, to, scratch) -> {
          for (int b = from; b < to; b++) {
            long at = (long) b * blockSize;
            int n = (int) Math.min(blockSize, x.elements() - at);
            double sum = NormKernels.dot(values, first + at, values, first + at, n);
            sums.set(ValueLayout.JAVA_DOUBLE, blocks.offset() + (long) b * Double.BYTES, sum);
          }
        });
  }

  /** One step of AdamW on flat state. */
  void adamw(
      Tensor value, Tensor master, Tensor expAvg, Tensor expAvgSq, Tensor grad, AdamStep step) {
    OptimizerKernels kernel = new OptimizerKernels(step);
    MemorySegment w = FloatRows.floats(master);
    MemorySegment m = FloatRows.floats(expAvg);
    MemorySegment v = FloatRows.floats(expAvgSq);
    MemorySegment g = FloatRows.floats(grad);
    long wo = FloatRows.first(master);
    long mo = FloatRows.first(expAvg);
    long vo = FloatRows.first(expAvgSq);
    long go = FloatRows.first(grad);
    boolean narrow = value.type() == DataType.BFLOAT16;
    MemorySegment out = FloatRows.segment(value);
    int block = 8192;
    long total = master.elements();
    work.rows(
        Math.toIntExact((total + block - 1) / block),
        block,
        (piece, from, to, scratch) -> {
          for (int b = from; b < to; b++) {
            long at = (long) b * block;
            int n = (int) Math.min(block, total - at);
            kernel.run(w, wo + at, m, mo + at, v, vo + at, g, go + at, n);
            if (narrow) {
              Bf16.narrow(w, wo + at, out, FloatRows.first(value) + at, n);
            } else if (!value.equals(master)) {
              long target = value.offset() + at * Float.BYTES;
              MemorySegment.copy(w, (wo + at) * Float.BYTES, out, target, (long) n * Float.BYTES);
            }
          }
        });
  }
}
