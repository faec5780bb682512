package dev.troupe.kernels.cpu;

import dev.troupe.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Look-up of table rows by id, and its gradient. */
final class EmbeddingWork {
  private final RowWork work;

  EmbeddingWork(RowWork work) {
    this.work = work;
  }

  /** y[r] = table[ids[r] - first], or zero. */
  void forward(Tensor y, Tensor table, Tensor ids, int first) {
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

  /** dTable[ids[r] - first] += dy[r]. */
  void backward(Tensor dTable, Tensor dy, Tensor ids, int first) {
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

  /** Element r of an int32 column. */
  static int id(Tensor ids, int r) {
    return FloatRows.segment(ids)
        .get(ValueLayout.JAVA_INT, ids.offset() + (long) r * ids.stride() * Integer.BYTES);
  }
}
