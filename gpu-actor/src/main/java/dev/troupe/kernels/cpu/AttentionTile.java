package dev.troupe.kernels.cpu;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.Layout;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Cutting of a head's score matrix into tiles of {@link #QUERIES} x {@link #KEYS}, and the products
 * on a tile. Confined to one lane.
 */
final class AttentionTile {
  static final int QUERIES = 64;
  static final int KEYS = 512;

  /** Key tiles are whole multiples of this where memory allows, so that few shapes occur. */
  private static final int KEY_GRANULE = 64;

  private final CpuMatmul.Lane products;
  private final AttentionShape shape;
  private final DataType type;
  private final int keyCapacity;
  private final @Nullable Tensor firstKeys;

  AttentionTile(
      CpuMatmul.Lane products, AttentionShape shape, Tensor k, @Nullable Tensor firstKeys) {
    this.products = products;
    this.shape = shape;
    this.type = k.type();
    this.keyCapacity = k.rows() / shape.sequences();
    this.firstKeys = firstKeys;
  }

  /** Rows of K and V a sequence has memory for; a KV cache has more than keys. */
  int keyCapacity() {
    return keyCapacity;
  }

  /** Rows of the query tile that starts at {@code query}. */
  int queries(int query) {
    return Math.min(QUERIES, shape.queryLength() - query);
  }

  /** The key after the last that query row {@code query} sees. */
  int visible(int query) {
    return shape.keyLength() - shape.queryLength() + query + 1;
  }

  /** The first key that query row {@code query} sees. */
  int firstVisible(int sequence, int query) {
    return firstKeys == null
        ? 0
        : EmbeddingWork.id(firstKeys, sequence * shape.queryLength() + query);
  }

  /** Where the key tiles of the query tile at {@code query} begin: no row of it sees any before. */
  int firstKey(int sequence, int query) {
    return firstVisible(sequence, query) / KEY_GRANULE * KEY_GRANULE;
  }

  /** Columns of the tile at {@code key} for the query tile at {@code query}. */
  int keys(int query, int key) {
    int needed = visible(query + queries(query) - 1) - key;
    int rounded = (needed + KEY_GRANULE - 1) / KEY_GRANULE * KEY_GRANULE;
    return Math.min(KEYS, Math.min(rounded, keyCapacity - key));
  }

  /** Elements from one row of a tile of {@code width} columns to the next: whole vectors. */
  static int stride(int width) {
    return VectorMath.padded(width);
  }

  /** Address of head {@code head} in row {@code row}. */
  static MemorySegment at(Tensor t, int row, int head, int headDim) {
    long element = (long) row * t.stride() + (long) head * headDim;
    return MemorySegment.ofAddress(t.buffer().address() + t.offset() + element * t.type().bytes());
  }

  /** c = op(a) op(b) or c += op(a) op(b), c float32. */
  void product(
      Layout layout,
      int m,
      int n,
      int k,
      MemorySegment a,
      int lda,
      MemorySegment b,
      int ldb,
      MemorySegment c,
      int ldc,
      boolean add) {
    products.multiply(
        new MatmulPrimitive.Shape(layout, m, n, k, lda, ldb, ldc, type, DataType.FLOAT32, add),
        a,
        b,
        c);
  }
}
