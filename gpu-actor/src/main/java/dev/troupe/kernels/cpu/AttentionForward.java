package dev.troupe.kernels.cpu;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.Layout;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Tiled causal attention with an online softmax (Dao et al. 2022), one head of one sequence. */
final class AttentionForward {
  private final AttentionShape shape;
  private final AttentionTile tile;
  private final Tensor q;
  private final Tensor k;
  private final Tensor v;
  private final FloatRows out;
  private final MemorySegment lse;
  private final long lseFirst;
  private final boolean narrow;
  private final MemorySegment scores;
  private final MemorySegment weights;
  private final MemorySegment sums;
  private final float[] max = new float[AttentionTile.QUERIES];
  private final float[] total = new float[AttentionTile.QUERIES];

  AttentionForward(
      CpuMatmul.Lane products,
      LaneScratch scratch,
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
    this.lse = FloatRows.floats(lse);
    this.lseFirst = FloatRows.first(lse);
    this.narrow = q.type() == DataType.BFLOAT16;
    this.out = new FloatRows(out, scratch, 0);
    int cells = AttentionTile.QUERIES * AttentionTile.KEYS;
    this.scores = scratch.floats(1, cells);
    this.weights = narrow ? scratch.slot(2, 2L * cells) : scores;
    this.sums = scratch.floats(3, (long) AttentionTile.QUERIES * shape.headDim());
  }

  /** All query tiles of one head. */
  void head(int sequence, int head) {
    for (int query = 0; query < shape.queryLength(); query += AttentionTile.QUERIES) {
      queryTile(sequence, head, query);
    }
  }

  private void queryTile(int sequence, int head, int query) {
    int rows = tile.queries(query);
    int hd = shape.headDim();
    int kvHead = head / shape.groupSize();
    Arrays.fill(max, Float.NEGATIVE_INFINITY);
    Arrays.fill(total, 0f);
    MemorySegment qt = AttentionTile.at(q, sequence * shape.queryLength() + query, head, hd);
    int first = tile.firstKey(sequence, query);
    int last = tile.visible(query + rows - 1);
    for (int key = first; key < last; key += AttentionTile.KEYS) {
      int width = tile.keys(query, key);
      int stride = AttentionTile.stride(width);
      int keyRow = sequence * tile.keyCapacity() + key;
      MemorySegment kt = AttentionTile.at(k, keyRow, kvHead, hd);
      MemorySegment vt = AttentionTile.at(v, keyRow, kvHead, hd);
      tile.product(
          Layout.NT, rows, width, hd, qt, q.stride(), kt, k.stride(), scores, stride, false);
      softmax(sequence, query, rows, key, width);
      boolean add = key > first;
      tile.product(Layout.NN, rows, hd, width, weights, stride, vt, v.stride(), sums, hd, add);
    }
    finish(sequence, head, query, rows);
  }

  /** Turns scores into exponentials and rescales what earlier key tiles gave. */
  private void softmax(int sequence, int query, int rows, int key, int width) {
    for (int r = 0; r < rows; r++) {
      long at = (long) r * AttentionTile.stride(width);
      int from = Math.clamp(tile.firstVisible(sequence, query + r) - key, 0, width);
      int to = Math.clamp(tile.visible(query + r) - key, 0, width);
      if (from < to) {
        seen(r, at, from, to, width);
      } else {
        SoftmaxKernels.expSum(scores, at, 0, 0, width, 1, 0); // zeros
      }
      if (narrow) {
        Bf16.narrow(scores, at, weights, at, width);
      }
    }
  }

  /** The same of a row that sees columns {@code [from, to)}. */
  private void seen(int r, long at, int from, int to, int width) {
    float scale = shape.scale();
    SoftmaxKernels.pad(scores, at, from, to);
    float newMax = Math.max(max[r], SoftmaxKernels.max(scores, at, from, to) * scale);
    if (max[r] > Float.NEGATIVE_INFINITY) {
      float keep = (float) Math.exp(max[r] - newMax);
      total[r] *= keep;
      if (newMax > max[r]) {
        SoftmaxKernels.scale(sums, (long) r * shape.headDim(), shape.headDim(), keep);
      }
    }
    total[r] += SoftmaxKernels.expSum(scores, at, from, to, width, scale, -newMax);
    max[r] = newMax;
  }

  private void finish(int sequence, int head, int query, int rows) {
    int hd = shape.headDim();
    long stats = lseFirst + ((long) sequence * shape.heads() + head) * shape.queryLength() + query;
    for (int r = 0; r < rows; r++) {
      int row = sequence * shape.queryLength() + query + r;
      SoftmaxKernels.scale(sums, (long) r * hd, hd, 1 / total[r]);
      out.storeCols(row, head * hd, hd, sums, (long) r * hd);
      lse.setAtIndex(ValueLayout.JAVA_FLOAT, stats + r, max[r] + (float) Math.log(total[r]));
    }
  }
}
