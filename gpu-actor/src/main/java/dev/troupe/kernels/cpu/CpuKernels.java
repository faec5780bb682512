package dev.troupe.kernels.cpu;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.AdamStep;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Layout;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@link Kernels} on the CPU: the numeric reference, and fast. */
public final class CpuKernels implements Kernels {
  private final RowWork work;
  private final CpuMatmul matmul = new CpuMatmul();
  private final NormWork norms;
  private final LossWork losses;

  /** Kernels whose lanes are the device's threads. */
  public CpuKernels(CpuDevice device) {
    this.work = new RowWork(device.lanes());
    this.norms = new NormWork(work);
    this.losses = new LossWork(work);
  }

  @Override
  public void matmul(Tensor c, Tensor a, Tensor b, Layout layout, Accumulate accumulate) {
    matmul.run(work.lanes(), c, a, b, layout, accumulate);
  }

  @Override
  public void rmsNorm(Tensor y, Tensor rstd, Tensor x, Tensor gain, float eps) {
    norms.forward(null, y, rstd, x, null, gain, eps);
  }

  @Override
  public void addRmsNorm(
      Tensor sum, Tensor y, Tensor rstd, Tensor x, Tensor delta, Tensor gain, float eps) {
    norms.forward(sum, y, rstd, x, delta, gain, eps);
  }

  @Override
  public void rmsNormApply(Tensor y, Tensor x, Tensor rstd, Tensor gain) {
    norms.apply(y, x, rstd, gain);
  }

  @Override
  public void rmsNormBackward(
      Tensor dx,
      Tensor dGain,
      Tensor dy,
      Tensor x,
      Tensor rstd,
      Tensor gain,
      Accumulate ontoDx,
      Accumulate ontoGain) {
    norms.backward(dx, dGain, dy, x, rstd, gain, ontoDx, ontoGain);
  }

  @Override
  public void add(Tensor y, Tensor a, Tensor b) {
    work.rows(
        y.rows(),
        y.cols(),
        (piece, from, to, scratch) -> {
          FloatRows ys = new FloatRows(y, scratch, 0);
          FloatRows as = new FloatRows(a, scratch, 1);
          FloatRows bs = new FloatRows(b, scratch, 2);
          for (int r = from; r < to; r++) {
            NormKernels.add(
                ys.segment(),
                ys.place(r),
                as.segment(),
                as.load(r),
                bs.segment(),
                bs.load(r),
                y.cols());
            ys.store(r);
          }
        });
  }

  @Override
  public void copy(Tensor y, Tensor x) {
    work.rows(
        y.rows(),
        y.cols(),
        (piece, from, to, scratch) -> {
          FloatRows ys = new FloatRows(y, scratch, 0);
          FloatRows xs = new FloatRows(x, scratch, 1);
          for (int r = from; r < to; r++) {
            ys.storeCols(r, 0, y.cols(), xs.segment(), xs.load(r));
          }
        });
  }

  @Override
  public void zero(Tensor y) {
    MemorySegment memory = FloatRows.segment(y);
    long size = y.type().bytes();
    work.rows(
        y.rows(),
        y.cols(),
        (piece, from, to, scratch) -> {
          for (int r = from; r < to; r++) {
            long at = y.offset() + (long) r * y.stride() * size;
            memory.asSlice(at, y.cols() * size).fill((byte) 0);
          }
        });
  }

  @Override
  public void rope(Tensor x, Tensor table, int headDim, int length, int first, boolean inverse) {
    MemorySegment angles = FloatRows.floats(table);
    long anglesFirst = FloatRows.first(table);
    float sign = inverse ? -1f : 1f;
    work.rows(
        x.rows(),
        x.cols(),
        (piece, from, to, scratch) -> {
          FloatRows xs = new FloatRows(x, scratch, 0);
          for (int r = from; r < to; r++) {
            long row = xs.load(r);
            long angle = anglesFirst + (long) (first + r % length) * table.stride();
            for (int h = 0; h < x.cols(); h += headDim) {
              RopeKernels.rotate(xs.segment(), row + h, angles, angle, headDim / 2, sign);
            }
            xs.store(r);
          }
        });
  }

  @Override
  public void swiglu(Tensor y, Tensor gateUp) {
    work.rows(
        y.rows(),
        gateUp.cols(),
        (piece, from, to, scratch) -> {
          FloatRows ys = new FloatRows(y, scratch, 0);
          FloatRows gu = new FloatRows(gateUp, scratch, 1);
          for (int r = from; r < to; r++) {
            SwigluKernels.forward(ys.segment(), ys.place(r), gu.segment(), gu.load(r), y.cols());
            ys.store(r);
          }
        });
  }

  @Override
  public void swigluBackward(Tensor dGateUp, Tensor dy, Tensor gateUp) {
    work.rows(
        dy.rows(),
        gateUp.cols(),
        (piece, from, to, scratch) -> {
          FloatRows dgu = new FloatRows(dGateUp, scratch, 0);
          FloatRows dys = new FloatRows(dy, scratch, 1);
          FloatRows gu = new FloatRows(gateUp, scratch, 2);
          for (int r = from; r < to; r++) {
            SwigluKernels.backward(
                dgu.segment(),
                dgu.place(r),
                dys.segment(),
                dys.load(r),
                gu.segment(),
                gu.load(r),
                dy.cols());
            dgu.store(r);
          }
        });
  }

  @Override
  public void attention(
      Tensor out, Tensor lse, Tensor q, Tensor k, Tensor v, AttentionShape shape) {
    work.lanes()
        .run(
            shape.sequences() * shape.heads(),
            piece ->
                new AttentionForward(matmul.lane(), work.scratch(), out, lse, q, k, v, shape)
                    .head(piece / shape.heads(), piece % shape.heads()));
  }

  @Override
  public void attentionBackward(
      Tensor dq,
      Tensor dk,
      Tensor dv,
      Tensor dOut,
      Tensor out,
      Tensor lse,
      Tensor q,
      Tensor k,
      Tensor v,
      AttentionShape shape) {
    work.lanes()
        .run(
            shape.sequences() * shape.kvHeads(),
            piece ->
                new AttentionBackward(
                        matmul.lane(), work.scratch(), dq, dk, dv, dOut, out, lse, q, k, v, shape)
                    .head(piece / shape.kvHeads(), piece % shape.kvHeads()));
  }

  @Override
  public void embedding(Tensor y, Tensor table, Tensor ids, int first) {
    MemorySegment to = FloatRows.segment(y);
    MemorySegment from = FloatRows.segment(table);
    if (y.type() != table.type()) {
      throw new IllegalArgumentException("embedding of " + table.type() + " into " + y.type());
    }
    long size = y.type().bytes();
    long width = y.cols() * size;
    work.rows(
        y.rows(),
        y.cols(),
        (piece, begin, end, scratch) -> {
          for (int r = begin; r < end; r++) {
            int id = id(ids, r) - first;
            long target = y.offset() + (long) r * y.stride() * size;
            if (id >= 0 && id < table.rows()) {
              long source = table.offset() + (long) id * table.stride() * size;
              MemorySegment.copy(from, source, to, target, width);
            } else {
              to.asSlice(target, width).fill((byte) 0);
            }
          }
        });
  }

  @Override
  public void embeddingBackward(Tensor dTable, Tensor dy, Tensor ids, int first) {
    // One lane: rows may share an id, and the order of the additions is part of the result.
    LaneScratch scratch = work.scratch();
    FloatRows dys = new FloatRows(dy, scratch, 0);
    MemorySegment table = FloatRows.floats(dTable);
    for (int r = 0; r < dy.rows(); r++) {
      int id = id(ids, r) - first;
      if (id >= 0 && id < dTable.rows()) {
        long at = FloatRows.first(dTable) + (long) id * dTable.stride();
        NormKernels.add(table, at, table, at, dys.segment(), dys.load(r), dy.cols());
      }
    }
  }

  static int id(Tensor ids, int r) {
    return FloatRows.segment(ids)
        .get(ValueLayout.JAVA_INT, ids.offset() + (long) r * ids.stride() * Integer.BYTES);
  }

  @Override
  public void rowMax(Tensor max, Tensor logits, int valid) {
    losses.rowMax(max, logits, valid);
  }

  @Override
  public void expSum(
      Tensor sums, Tensor logits, Tensor max, Tensor targets, int first, int valid) {
    losses.expSum(sums, logits, max, targets, first, valid);
  }

  @Override
  public void crossEntropyBackward(
      Tensor dLogits,
      Tensor losses,
      Tensor exps,
      Tensor sums,
      Tensor targets,
      int first,
      float scale) {
    this.losses.backward(dLogits, losses, exps, sums, targets, first, scale);
  }

  @Override
  public void sumOfSquares(Tensor blocks, Tensor x, int blockSize) {
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

  @Override
  public void adamw(
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

  @Override
  public void close() {}
}
