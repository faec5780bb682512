package dev.troupe.kernels.cpu;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.Layout;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Backward of {@link AttentionForward}, one key/value head of one sequence: the scores of a tile
 * are computed again from q, k and the saved log-sum-exp. The query heads of a group add to dk and
 * dv in order, so the bits do not depend on the lanes.
 */
final class AttentionBackward {
  private final AttentionShape shape;
  private final AttentionTile tile;
  private final Tensor q;
  private final Tensor k;
  private final Tensor v;
  private final Tensor dOut;
  private final FloatRows dOutRows;
  private final FloatRows outRows;
  private final FloatRows dq;
  private final FloatRows dk;
  private final FloatRows dv;
  private final MemorySegment lse;
  private final long lseFirst;
  private final boolean narrow;
  private final MemorySegment p;
  private final MemorySegment ds;
  private final MemorySegment pProduct;
  private final MemorySegment dsProduct;
  private final MemorySegment dqSum;
  private final MemorySegment dkSum;
  private final MemorySegment dvSum;
  private final float[] delta = new float[AttentionTile.QUERIES];

  AttentionBackward(
      CpuMatmul.Lane products,
      LaneScratch scratch,
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
    this.shape = shape;
    this.tile = new AttentionTile(products, shape, k, firstKeys);
    this.q = q;
    this.k = k;
    this.v = v;
    this.dOut = dOut;
    this.dOutRows = new FloatRows(dOut, scratch, 0);
    this.outRows = new FloatRows(out, scratch, 1);
    this.dq = new FloatRows(dq, scratch, 2);
    this.dk = new FloatRows(dk, scratch, 2);
    this.dv = new FloatRows(dv, scratch, 2);
    this.lse = FloatRows.floats(lse);
    this.lseFirst = FloatRows.first(lse);
    this.narrow = q.type() == DataType.BFLOAT16;
    int cells = AttentionTile.QUERIES * AttentionTile.KEYS;
    this.p = scratch.floats(3, cells);
    this.ds = scratch.floats(4, cells);
    this.pProduct = narrow ? scratch.slot(5, 2L * cells) : p;
    this.dsProduct = narrow ? scratch.slot(6, 2L * cells) : ds;
    int hd = shape.headDim();
    this.dqSum = scratch.floats(7, (long) AttentionTile.QUERIES * hd);
    long keyCells = (long) tile.keyCapacity() * hd;
    this.dkSum = scratch.floats(8, keyCells).asSlice(0, keyCells * Float.BYTES);
    this.dvSum = scratch.floats(9, keyCells).asSlice(0, keyCells * Float.BYTES);
  }

  /** All query heads of one key/value head. */
  void head(int sequence, int kvHead) {
    dkSum.fill((byte) 0);
    dvSum.fill((byte) 0);
    for (int g = 0; g < shape.groupSize(); g++) {
      int head = kvHead * shape.groupSize() + g;
      for (int query = 0; query < shape.queryLength(); query += AttentionTile.QUERIES) {
        queryTile(sequence, head, kvHead, query);
      }
    }
    int hd = shape.headDim();
    for (int r = 0; r < shape.keyLength(); r++) {
      int row = sequence * tile.keyCapacity() + r;
      dk.storeCols(row, kvHead * hd, hd, dkSum, (long) r * hd);
      dv.storeCols(row, kvHead * hd, hd, dvSum, (long) r * hd);
    }
  }

  private void queryTile(int sequence, int head, int kvHead, int query) {
    int rows = tile.queries(query);
    int hd = shape.headDim();
    int firstRow = sequence * shape.queryLength() + query;
    for (int r = 0; r < rows; r++) {
      long a = dOutRows.loadCols(firstRow + r, head * hd, hd);
      long b = outRows.loadCols(firstRow + r, head * hd, hd);
      delta[r] = NormKernels.dot(dOutRows.segment(), a, outRows.segment(), b, hd);
    }
    MemorySegment qt = AttentionTile.at(q, firstRow, head, hd);
    MemorySegment dOutTile = AttentionTile.at(dOut, firstRow, head, hd);
    int first = tile.firstKey(sequence, query);
    int last = tile.visible(query + rows - 1);
    for (int key = first; key < last; key += AttentionTile.KEYS) {
      int width = tile.keys(query, key);
      int stride = AttentionTile.stride(width);
      int keyRow = sequence * tile.keyCapacity() + key;
      MemorySegment kt = AttentionTile.at(k, keyRow, kvHead, hd);
      MemorySegment vt = AttentionTile.at(v, keyRow, kvHead, hd);
      tile.product(Layout.NT, rows, width, hd, qt, q.stride(), kt, k.stride(), p, stride, false);
      tile.product(
          Layout.NT, rows, width, hd, dOutTile, dOut.stride(), vt, v.stride(), ds, stride, false);
      gradients(sequence, head, query, rows, key, width);
      MemorySegment dkTile = dkSum.asSlice((long) key * hd * Float.BYTES);
      MemorySegment dvTile = dvSum.asSlice((long) key * hd * Float.BYTES);
      tile.product(
          Layout.TN, width, hd, rows, pProduct, stride, dOutTile, dOut.stride(), dvTile, hd, true);
      tile.product(Layout.TN, width, hd, rows, dsProduct, stride, qt, q.stride(), dkTile, hd, true);
      tile.product(
          Layout.NN, rows, hd, width, dsProduct, stride, kt, k.stride(), dqSum, hd, key > first);
    }
    for (int r = 0; r < rows; r++) {
      dq.storeCols(firstRow + r, head * hd, hd, dqSum, (long) r * hd);
    }
  }

  /** p = exp(score - lse), ds = p * (dp - delta) * scale, row by row. */
  private void gradients(int sequence, int head, int query, int rows, int key, int width) {
    float scale = shape.scale();
    long stats = lseFirst + ((long) sequence * shape.heads() + head) * shape.queryLength() + query;
    for (int r = 0; r < rows; r++) {
      long at = (long) r * AttentionTile.stride(width);
      int to = Math.clamp(tile.visible(query + r) - key, 0, width);
      int from = Math.clamp(tile.firstVisible(sequence, query + r) - key, 0, to);
      SoftmaxKernels.pad(p, at, from, to);
      float shift = -lse.getAtIndex(ValueLayout.JAVA_FLOAT, stats + r);
      SoftmaxKernels.expSum(p, at, from, to, width, scale, shift);
      SoftmaxKernels.backward(ds, at, p, at, delta[r], scale, width);
      if (narrow) {
        Bf16.narrow(p, at, pProduct, at, width);
        Bf16.narrow(ds, at, dsProduct, at, width);
      }
    }
  }
}
