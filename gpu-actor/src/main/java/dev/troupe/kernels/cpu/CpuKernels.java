package dev.troupe.kernels.cpu;

import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.AdamStep;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Layout;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link Kernels} on the CPU: the numeric reference, and fast. */
public final class CpuKernels implements Kernels {
  private final RowWork work;
  private final CpuMatmul matmul = new CpuMatmul();
  private final NormWork norms;
  private final LossWork losses;
  private final EmbeddingWork embeddings;
  private final OptimizerWork optimizer;

  /** Kernels whose lanes are the device's threads. */
  public CpuKernels(CpuDevice device) {
    this.work = new RowWork(device.lanes());
    this.norms = new NormWork(work);
    this.losses = new LossWork(work);
    this.embeddings = new EmbeddingWork(work);
    this.optimizer = new OptimizerWork(work);
  }

  @Override
  public void matmul(Tensor c, Tensor a, Tensor b, Layout layout, Accumulate accumulate) {
    matmul.run(work.lanes(), c, a, b, layout, accumulate);
  }

  @Override
  public void matmulAdd(Tensor d, Tensor c, Tensor a, Tensor b, Layout layout) {
    if (!d.equals(c)) {
      copy(d, c);
    }
    matmul(d, a, b, layout, Accumulate.ADD);
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
      Tensor out,
      Tensor lse,
      Tensor q,
      Tensor k,
      Tensor v,
      @Nullable Tensor firstKeys,
      AttentionShape shape) {
    work.lanes()
        .run(
            shape.sequences() * shape.heads(),
            piece ->
                new AttentionForward(
                        matmul.lane(), work.scratch(), out, lse, q, k, v, firstKeys, shape)
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
      @Nullable Tensor firstKeys,
      AttentionShape shape) {
    work.lanes()
        .run(
            shape.sequences() * shape.kvHeads(),
            piece ->
                new AttentionBackward(
                        matmul.lane(),
                        work.scratch(),
                        dq,
                        dk,
                        dv,
                        dOut,
                        out,
                        lse,
                        q,
                        k,
                        v,
                        firstKeys,
                        shape)
                    .head(piece / shape.kvHeads(), piece % shape.kvHeads()));
  }

  @Override
  public void embedding(Tensor y, Tensor table, Tensor ids, int first) {
    embeddings.forward(y, table, ids, first);
  }

  @Override
  public void embeddingBackward(Tensor dTable, Tensor dy, Tensor ids, int first) {
    embeddings.backward(dTable, dy, ids, first);
  }

  @Override
  public void rowMax(Tensor max, Tensor logits, int valid) {
    losses.rowMax(max, logits, valid);
  }

  @Override
  public void expSum(Tensor sums, Tensor logits, Tensor max, Tensor targets, int first, int valid) {
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
    optimizer.sumOfSquares(blocks, x, blockSize);
  }

  @Override
  public void adamw(
      Tensor value, Tensor master, Tensor expAvg, Tensor expAvgSq, Tensor grad, AdamStep step) {
    optimizer.adamw(value, master, expAvg, expAvgSq, grad, step);
  }

  @Override
  public void close() {
    matmul.close();
  }
}
