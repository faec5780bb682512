package dev.troupe.kernels.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Layout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One compiled matrix product with its argument block. Used by the lane that made it. */
final class MatmulPrimitive {
  private static final int ARGUMENT_BYTES = 16;

  /**
   * What a compiled product depends on: C[m,n] with leading dimensions in elements.
   *
   * @param k the contracted size
   */
  record Shape(
      Layout layout,
      int m,
      int n,
      int k,
      int lda,
      int ldb,
      int ldc,
      DataType input,
      DataType output,
      boolean accumulate) {}

  private final Onednn onednn;
  private final MemorySegment primitive;
  private final MemorySegment a;
  private final MemorySegment b;
  private final MemorySegment c;
  private final MemorySegment arguments;
  private final MemorySegment stream;

  /**
   * Compiles a product.
   *
   * @param arena where the argument block goes; it outlives the product
   */
  MatmulPrimitive(Onednn onednn, MemorySegment stream, Arena arena, Shape s) {
    this.onednn = onednn;
    this.stream = stream;
    boolean ta = s.layout().transposeA();
    boolean tb = s.layout().transposeB();
    MemorySegment da =
        onednn.descriptor(s.m(), s.k(), s.input(), ta ? 1 : s.lda(), ta ? s.lda() : 1);
    MemorySegment db =
        onednn.descriptor(s.k(), s.n(), s.input(), tb ? 1 : s.ldb(), tb ? s.ldb() : 1);
    MemorySegment dc = onednn.descriptor(s.m(), s.n(), s.output(), s.ldc(), 1);
    primitive = onednn.matmul(da, db, dc, s.accumulate());
    a = onednn.memory(da);
    b = onednn.memory(db);
    c = onednn.memory(dc);
    onednn.destroyDescriptor(da);
    onednn.destroyDescriptor(db);
    onednn.destroyDescriptor(dc);
    arguments = arena.allocate(3L * ARGUMENT_BYTES, 8);
    argument(0, Onednn.ARG_SRC, a);
    argument(1, Onednn.ARG_WEIGHTS, b);
    argument(2, Onednn.ARG_DST, c);
  }

  private void argument(int index, int kind, MemorySegment memory) {
    arguments.set(JAVA_INT, (long) index * ARGUMENT_BYTES, kind);
    arguments.set(ADDRESS, (long) index * ARGUMENT_BYTES + 8, memory);
  }

  /** Runs on the given addresses and returns when done. */
  void run(MemorySegment dataA, MemorySegment dataB, MemorySegment dataC) {
    int status;
    try {
      status =
          (int) onednn.memorySetData.invokeExact(a, dataA)
              | (int) onednn.memorySetData.invokeExact(b, dataB)
              | (int) onednn.memorySetData.invokeExact(c, dataC)
              | (int) onednn.execute.invokeExact(primitive, stream, 3, arguments);
    } catch (Throwable t) {
      throw new IllegalStateException("oneDNN matmul failed", t);
    }
    Onednn.check(status, "matmul");
  }

  /** Frees the compiled code and the memory objects. */
  void close() {
    onednn.destroyPrimitive(primitive);
    onednn.destroyMemory(a);
    onednn.destroyMemory(b);
    onednn.destroyMemory(c);
  }
}
