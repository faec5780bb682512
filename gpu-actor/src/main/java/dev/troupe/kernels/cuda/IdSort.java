package dev.troupe.kernels.cuda;

import static dev.troupe.kernels.cuda.Operands.address;

import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.tensor.Tensor;

/**
 * A stable sort of token ids on the GPU: radix sort, 8 bits a pass, two arrays of keys and rows
 * that take turns.
 */
final class IdSort {
  private static final int TILE = 2048;
  private static final int THREADS = 256;
  private static final int SCAN_THREADS = 1024;
  private static final int DIGIT_BITS = 8;
  private static final int DIGITS = 1 << DIGIT_BITS;

  /**
   * Sorted ids, int32 each.
   *
   * @param keys addresses of rows of the table, rising; the table's number of rows stands for ids
   *     that it does not have
   * @param rows address of the places that the ids come from
   */
  record Sorted(long keys, long rows) {}

  private final CudaStream stream;
  private final CudaKernel count;
  private final CudaKernel scan;
  private final CudaKernel move;

  IdSort(CudaStream stream, CudaModule module) {
    this.stream = stream;
    this.count = module.kernel("sort_count");
    this.scan = module.kernel("sort_scan");
    this.move = module.kernel("sort_move");
  }

  /** Temporary bytes of a sort. */
  static long bytes(int ids) {
    return 4 * array(ids) + (long) DIGITS * tiles(ids) * Integer.BYTES;
  }

  /** Bytes of an array of keys or rows, rounded up so that the next one is aligned. */
  private static long array(int ids) {
    return ((long) ids * Integer.BYTES + 255) / 256 * 256;
  }

  private static int tiles(int ids) {
    return (int) (((long) ids + TILE - 1) / TILE);
  }

  /**
   * Sorts a column of ids, at least one.
   *
   * @param first id of the table's first row
   * @param limit rows of the table
   * @param memory address of {@link #bytes} of memory, where the result lies as well
   */
  Sorted sort(Tensor ids, int first, int limit, long memory) {
    int n = ids.rows();
    int tiles = tiles(n);
    long array = array(n);
    long counts = memory + 4 * array;
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(limit);
    Sorted from = new Sorted(address(ids), 0);
    for (int shift = 0; shift < Math.max(1, bits); shift += DIGIT_BITS) {
      boolean raw = shift == 0;
      boolean even = shift / DIGIT_BITS % 2 == 0;
      long out = even ? memory : memory + 2 * array;
      Sorted to = new Sorted(out, out + array);
      int stride = raw ? ids.stride() : 1;
      int base = raw ? first : 0;
      count
          .pointer(counts)
          .pointer(from.keys())
          .i32(stride)
          .i32(base)
          .i32(limit)
          .i32(shift)
          .i32(n)
          .launch(stream, tiles, 1, THREADS, 0);
      scan.pointer(counts).i32(DIGITS * tiles).launch(stream, 1, 1, SCAN_THREADS, 0);
      move.pointer(to.keys())
          .pointer(to.rows())
          .pointer(counts)
          .pointer(from.keys())
          .pointer(from.rows())
          .i32(stride)
          .i32(base)
          .i32(limit)
          .i32(shift)
          .i32(n)
          .launch(stream, tiles, 1, THREADS, 0);
      from = to;
    }
    return from;
  }
}
