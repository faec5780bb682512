package dev.troupe.kernels.cpu;

import dev.troupe.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The three passes of a vocabulary-parallel cross-entropy over all rows. Logits are float32, dense
 * or not; a row's memory ends on a whole vector (vocabulary shards are padded to 128).
 */
final class LossWork {
  private final RowWork work;

  LossWork(RowWork work) {
    this.work = work;
  }

  /** Rows are read and written in whole vectors: shorter ones would reach into their neighbours. */
  private static void checkWholeVectors(Tensor logits) {
    if (logits.cols() % VectorMath.WIDTH != 0) {
      throw new IllegalArgumentException(
          "%d columns of logits are not whole vectors of %d; pad the vocabulary"
              .formatted(logits.cols(), VectorMath.WIDTH));
    }
  }

  void rowMax(Tensor max, Tensor logits, int valid) {
    checkWholeVectors(logits);
    MemorySegment x = FloatRows.floats(logits);
    MemorySegment out = FloatRows.floats(max);
    work.rows(
        logits.rows(),
        logits.cols(),
        (piece, from, to, scratch) -> {
          for (int r = from; r < to; r++) {
            long at = FloatRows.first(logits) + (long) r * logits.stride();
            SoftmaxKernels.pad(x, at, 0, valid);
            out.setAtIndex(
                ValueLayout.JAVA_FLOAT,
                FloatRows.first(max) + r,
                SoftmaxKernels.max(x, at, 0, valid));
          }
        });
  }

  void expSum(Tensor sums, Tensor logits, Tensor max, Tensor targets, int first, int valid) {
    checkWholeVectors(logits);
    MemorySegment x = FloatRows.floats(logits);
    MemorySegment maxima = FloatRows.floats(max);
    MemorySegment out = FloatRows.floats(sums);
    work.rows(
        logits.rows(),
        logits.cols(),
        (piece, from, to, scratch) -> {
          for (int r = from; r < to; r++) {
            long at = FloatRows.first(logits) + (long) r * logits.stride();
            float m = maxima.getAtIndex(ValueLayout.JAVA_FLOAT, FloatRows.first(max) + r);
            int target = EmbeddingWork.id(targets, r) - first;
            boolean here = target >= 0 && target < valid;
            float logit = here ? x.getAtIndex(ValueLayout.JAVA_FLOAT, at + target) - m : 0f;
            SoftmaxKernels.pad(x, at, 0, valid);
            float sum = SoftmaxKernels.expSum(x, at, 0, valid, logits.cols(), 1f, -m);
            long s = FloatRows.first(sums) + r;
            out.setAtIndex(ValueLayout.JAVA_FLOAT, s, sum);
            out.setAtIndex(ValueLayout.JAVA_FLOAT, s + sums.stride(), logit);
          }
        });
  }

  void backward(
      Tensor dLogits,
      Tensor losses,
      Tensor exps,
      Tensor sums,
      Tensor targets,
      int first,
      float scale) {
    MemorySegment x = FloatRows.floats(exps);
    MemorySegment totals = FloatRows.floats(sums);
    MemorySegment out = FloatRows.floats(losses);
    int width = exps.cols();
    work.rows(
        exps.rows(),
        width,
        (piece, from, to, scratch) -> {
          FloatRows d = new FloatRows(dLogits, scratch, 0);
          for (int r = from; r < to; r++) {
            long at = FloatRows.first(exps) + (long) r * exps.stride();
            long s = FloatRows.first(sums) + r;
            float sum = totals.getAtIndex(ValueLayout.JAVA_FLOAT, s);
            float logit = totals.getAtIndex(ValueLayout.JAVA_FLOAT, s + sums.stride());
            out.setAtIndex(
                ValueLayout.JAVA_FLOAT, FloatRows.first(losses) + r, (float) Math.log(sum) - logit);
            SoftmaxKernels.scale(x, at, width, scale / sum);
            int target = EmbeddingWork.id(targets, r) - first;
            if (target >= 0 && target < width) {
              float p = x.getAtIndex(ValueLayout.JAVA_FLOAT, at + target);
              x.setAtIndex(ValueLayout.JAVA_FLOAT, at + target, p - scale);
            }
            if (!dLogits.equals(exps)) {
              d.storeCols(r, 0, width, x, at);
            }
          }
        });
  }
}
