package dev.troupe.train;

import dev.troupe.layer.ParameterSpec;
import dev.troupe.layer.ParameterSpec.Piece;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.stream.LongStream;

/**
 * Initial weights. Element e of a logical tensor is {@code mean + std * normal(seed, name, e)}: a
 * function of the logical place alone, so that every tp and dp start from the same weights. The
 * normal is Box and Muller's (1958) over two uniforms from SplitMix64 (Steele et al. 2014) as a
 * counter-based generator.
 *
 * @param seed the job's seed
 */
record Initializer(long seed) {
  private static final long CHUNK = 1 << 16;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /**
   * Fills host[0, to - from) with the local elements {@code [from, to)} of a parameter. Large
   * ranges are shared out over the cores: their memory must be open to every thread.
   */
  void fill(ParameterSpec spec, long from, long to, MemorySegment host) {
    host.fill((byte) 0);
    for (Piece piece : spec.pieces()) {
      long key = key(piece.tensor());
      long first = (long) piece.localRow() * spec.cols();
      long begin = Math.max(from, first);
      long end = Math.min(to, first + (long) piece.rows() * spec.cols());
      if (end - begin <= CHUNK) {
        fill(spec, piece, key, new Span(begin, end), host, from);
      } else {
        LongStream.range(0, Math.ceilDiv(end - begin, CHUNK))
            .map(chunk -> begin + chunk * CHUNK)
            .mapToObj(at -> new Span(at, Math.min(end, at + CHUNK)))
            .parallel()
            .forEach(span -> fill(spec, piece, key, span, host, from));
      }
    }
  }

  /** Local elements {@code [from, to)}. */
  private record Span(long from, long to) {}

  private static void fill(
      ParameterSpec spec, Piece piece, long key, Span span, MemorySegment host, long hostFrom) {
    long first = (long) piece.localRow() * spec.cols();
    for (long i = span.from(); i < span.to(); i++) {
      long row = piece.row() + (i - first) / spec.cols();
      long col = piece.col() + (i - first) % spec.cols();
      double value = spec.init().mean();
      if (spec.init().std() > 0) {
        value += spec.init().std() * normal(key, row * piece.tensorCols() + col);
      }
      host.setAtIndex(ValueLayout.JAVA_FLOAT, i - hostFrom, (float) value);
    }
  }

  private long key(String name) {
    long key = mix(seed + GOLDEN);
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      key = mix(key ^ (b & 0xff));
    }
    return key;
  }

  private static double normal(long key, long index) {
    double u = (mix(key + 2 * index * GOLDEN) >>> 11) * 0x1p-53;
    double v = (mix(key + (2 * index + 1) * GOLDEN) >>> 11) * 0x1p-53;
    return Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
