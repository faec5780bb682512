package dev.troupe.kernels.cpu;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.Lanes;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Layout;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Matrix products cut into pieces for the lanes. The cut depends on the shape alone, so the bits do
 * not depend on the number of lanes.
 */
final class CpuMatmul implements AutoCloseable {
  /** Rows or columns of C a piece; measured: products of 256 rows run as fast as larger ones. */
  private static final int PIECE = 256;

  /** Below this many floating-point operations a cut costs more than it brings. */
  private static final long SMALL = 4_000_000;

  private static final int GRANULE = 16;

  private final Onednn onednn = Onednn.get();
  private final Queue<Lane> lanes = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<Lane> lane = ThreadLocal.withInitial(this::newLane);

  /** One thread's compiled products. */
  static final class Lane {
    private static final int MAX_PRIMITIVES = 4096;
    private static final int NARROW = 48;
    private static final int HEAD = 64;
    private static final int FAR = 4096;

    private final Onednn onednn;
    private final MemorySegment stream;
    private final Arena arena = Arena.ofShared();
    private final Map<MatmulPrimitive.Shape, MatmulPrimitive> primitives = new HashMap<>();

    Lane(Onednn onednn) {
      this.onednn = onednn;
      onednn.useCallingThreadOnly();
      stream = onednn.newStream();
    }

    /** One product on this thread, by the faster of oneDNN's two ways. */
    void multiply(MatmulPrimitive.Shape shape, MemorySegment a, MemorySegment b, MemorySegment c) {
      if (shape.input() == DataType.FLOAT32 && sgemmIsFaster(shape)) {
        onednn.sgemm(shape, a, b, c);
      } else {
        primitive(shape).run(a, b, c);
      }
    }

    /**
     * Measured with AVX-512: the matmul primitive falls to half its speed where an inner size is
     * 32, and repacks B at each call, which costs NN and TN of large weights 5 to 25%; sgemm is
     * slower with heads of 64, and with columns of A that are a power of two apart.
     */
    private static boolean sgemmIsFaster(MatmulPrimitive.Shape s) {
      return switch (s.layout()) {
        case NT -> s.k() <= NARROW && s.n() >= 2 * HEAD;
        case NN -> s.n() <= NARROW || s.n() > HEAD;
        case TN -> s.n() <= NARROW || (s.n() > HEAD && s.lda() % FAR != 0);
      };
    }

    private MatmulPrimitive primitive(MatmulPrimitive.Shape shape) {
      MatmulPrimitive known = primitives.get(shape);
      if (known == null) {
        if (primitives.size() >= MAX_PRIMITIVES) {
          free();
        }
        known = new MatmulPrimitive(onednn, stream, arena, shape);
        primitives.put(shape, known);
      }
      return known;
    }

    private void free() {
      primitives.values().forEach(MatmulPrimitive::close);
      primitives.clear();
    }

    /** Frees everything; the lane must be idle. */
    void close() {
      free();
      onednn.destroyStream(stream);
      arena.close();
    }
  }

  private Lane newLane() {
    Lane made = new Lane(onednn);
    lanes.add(made);
    return made;
  }

  /** Frees the compiled products of all lanes, which must be idle and stay so. */
  @Override
  public void close() {
    lanes.forEach(Lane::close);
    lanes.clear();
  }

  /** The calling thread's compiled products. */
  Lane lane() {
    return lane.get();
  }

  void run(Lanes lanes, Tensor c, Tensor a, Tensor b, Layout layout, Accumulate accumulate) {
    int m = c.rows();
    int n = c.cols();
    int k = layout.transposeA() ? a.rows() : a.cols();
    check(a, b, layout, m, n, k);
    if (m == 0 || n == 0) {
      return;
    }
    boolean byRows = m >= n || m >= PIECE / 2;
    int extent = byRows ? m : n;
    int chunk = chunk(extent, 2L * m * n * k);
    int pieces = (extent + chunk - 1) / chunk;
    lanes.run(
        pieces,
        piece -> {
          int from = piece * chunk;
          int count = Math.min(chunk, extent - from);
          if (byRows) {
            Tensor partA = layout.transposeA() ? a.cols(from, count) : a.rows(from, count);
            one(c.rows(from, count), partA, b, layout, k, accumulate);
          } else {
            Tensor partB = layout.transposeB() ? b.rows(from, count) : b.cols(from, count);
            one(c.cols(from, count), a, partB, layout, k, accumulate);
          }
        });
  }

  private static int chunk(int extent, long flops) {
    int pieces = (int) Math.clamp(flops / SMALL, 1, (extent + PIECE - 1) / PIECE);
    if (pieces == 1 && flops >= 2 * SMALL && extent >= 4 * GRANULE) {
      pieces = 2;
    }
    int chunk = (extent + pieces - 1) / pieces;
    return (chunk + GRANULE - 1) / GRANULE * GRANULE;
  }

  private void one(Tensor c, Tensor a, Tensor b, Layout layout, int k, Accumulate accumulate) {
    MatmulPrimitive.Shape shape =
        new MatmulPrimitive.Shape(
            layout,
            c.rows(),
            c.cols(),
            k,
            a.stride(),
            b.stride(),
            c.stride(),
            a.type(),
            c.type(),
            accumulate == Accumulate.ADD);
    lane.get().multiply(shape, address(a), address(b), address(c));
  }

  private static MemorySegment address(Tensor t) {
    return MemorySegment.ofAddress(t.buffer().address() + t.offset());
  }

  private static void check(Tensor a, Tensor b, Layout layout, int m, int n, int k) {
    int am = layout.transposeA() ? a.cols() : a.rows();
    int bk = layout.transposeB() ? b.cols() : b.rows();
    int bn = layout.transposeB() ? b.rows() : b.cols();
    if (am != m || bn != n || bk != k || a.type() != b.type()) {
      throw new IllegalArgumentException(
          "matmul %s: C %dx%d, A %dx%d %s, B %dx%d %s"
              .formatted(layout, m, n, a.rows(), a.cols(), a.type(), b.rows(), b.cols(), b.type()));
    }
  }
}
