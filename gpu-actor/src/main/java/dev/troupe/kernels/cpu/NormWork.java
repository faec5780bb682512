package dev.troupe.kernels.cpu;

import dev.troupe.kernels.Accumulate;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** RMSNorm over all rows of a tensor. */
final class NormWork {
  private final RowWork work;
  private MemorySegment partial = MemorySegment.NULL;

  NormWork(RowWork work) {
    this.work = work;
  }

  /** With a delta, x + delta is normalised and written to {@code sum}. */
  void forward(
      @Nullable Tensor sum,
      Tensor y,
      Tensor rstd,
      Tensor x,
      @Nullable Tensor delta,
      Tensor gain,
      float eps) {
    int d = x.cols();
    MemorySegment stats = FloatRows.floats(rstd);
    work.rows(
        x.rows(),
        d,
        (piece, from, to, scratch) -> {
          FloatRows xs = new FloatRows(x, scratch, 0);
          FloatRows ys = new FloatRows(y, scratch, 1);
          FloatRows gains = new FloatRows(gain, scratch, 2);
          FloatRows sums = sum == null ? xs : new FloatRows(sum, scratch, 3);
          FloatRows deltas = delta == null ? xs : new FloatRows(delta, scratch, 4);
          long go = gains.load(0);
          for (int r = from; r < to; r++) {
            long so = xs.load(r);
            if (delta != null) {
              long xo = so;
              so = sums.place(r);
              NormKernels.add(
                  sums.segment(), so, xs.segment(), xo, deltas.segment(), deltas.load(r), d);
              sums.store(r);
              so = sums.load(r);
            }
            float s = NormKernels.rstd(sums.segment(), so, d, eps);
            stats.setAtIndex(ValueLayout.JAVA_FLOAT, FloatRows.first(rstd) + r, s);
            NormKernels.apply(
                ys.segment(), ys.place(r), sums.segment(), so, s, gains.segment(), go, d);
            ys.store(r);
          }
        });
  }

  void apply(Tensor y, Tensor x, Tensor rstd, Tensor gain) {
    int d = x.cols();
    MemorySegment stats = FloatRows.floats(rstd);
    work.rows(
        x.rows(),
        d,
        (piece, from, to, scratch) -> {
          FloatRows xs = new FloatRows(x, scratch, 0);
          FloatRows ys = new FloatRows(y, scratch, 1);
          FloatRows gains = new FloatRows(gain, scratch, 2);
          long go = gains.load(0);
          for (int r = from; r < to; r++) {
            float s = stats.getAtIndex(ValueLayout.JAVA_FLOAT, FloatRows.first(rstd) + r);
            NormKernels.apply(
                ys.segment(), ys.place(r), xs.segment(), xs.load(r), s, gains.segment(), go, d);
            ys.store(r);
          }
        });
  }

  /** Each piece sums its own part of the gain's gradient; the parts are added in order. */
  void backward(
      Tensor dx,
      Tensor dGain,
      Tensor dy,
      Tensor x,
      Tensor rstd,
      Tensor gain,
      Accumulate ontoDx,
      Accumulate ontoGain) {
    int d = x.cols();
    int pieces = RowWork.pieces(x.rows(), d);
    MemorySegment parts = partial((long) pieces * d);
    MemorySegment stats = FloatRows.floats(rstd);
    boolean add = ontoDx == Accumulate.ADD;
    work.rows(
        x.rows(),
        d,
        (piece, from, to, scratch) -> {
          FloatRows xs = new FloatRows(x, scratch, 0);
          FloatRows dys = new FloatRows(dy, scratch, 1);
          FloatRows gains = new FloatRows(gain, scratch, 2);
          FloatRows dxs = new FloatRows(dx, scratch, 3);
          MemorySegment part =
              parts.asSlice((long) piece * d * Float.BYTES, (long) d * Float.BYTES);
          part.fill((byte) 0);
          long go = gains.load(0);
          for (int r = from; r < to; r++) {
            float s = stats.getAtIndex(ValueLayout.JAVA_FLOAT, FloatRows.first(rstd) + r);
            long xo = xs.load(r);
            long dyo = dys.load(r);
            float c =
                NormKernels.backwardGain(
                    part, dys.segment(), dyo, xs.segment(), xo, s, gains.segment(), go, d);
            long dxo = add ? dxs.load(r) : dxs.place(r);
            NormKernels.backwardInput(
                dxs.segment(),
                dxo,
                add,
                dys.segment(),
                dyo,
                xs.segment(),
                xo,
                s,
                -s * s * s * c / d,
                gains.segment(),
                go,
                d);
            dxs.store(r);
          }
        });
    MemorySegment total = FloatRows.floats(dGain);
    long first = FloatRows.first(dGain);
    if (ontoGain == Accumulate.ASSIGN) {
      total.asSlice(first * Float.BYTES, (long) d * Float.BYTES).fill((byte) 0);
    }
    for (int p = 0; p < pieces; p++) {
      NormKernels.add(total, first, total, first, parts, (long) p * d, d);
    }
  }

  private MemorySegment partial(long floats) {
    if (partial.byteSize() < floats * Float.BYTES) {
      partial = Arena.ofAuto().allocate(floats * Float.BYTES, 64);
    }
    return partial;
  }
}
