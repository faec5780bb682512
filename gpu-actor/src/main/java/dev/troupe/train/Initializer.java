package dev.troupe.train;

import dev.troupe.layer.ParameterSpec;
import dev.troupe.layer.ParameterSpec.Piece;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Initial weights. Element e of a logical tensor is {@code mean + std * normal(seed, name, e)}: a
 * function of the logical place alone, so that every tp and dp start from the same weights. The
 * normal is Box and Muller's (1958) over two uniforms from SplitMix64 (Steele et al. 2014) as a
 * counter-based generator.
 *
 * @param seed the job's seed
 */
record Initializer(long seed) {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** Fills host[0, to - from) with the local elements {@code [from, to)} of a parameter. */
  void fill(ParameterSpec spec, long from, long to, MemorySegment host) {
    host.fill((byte) 0);
    for (Piece piece : spec.pieces()) {
      long key = key(piece.tensor());
      long first = (long) piece.localRow() * spec.cols();
      long end = first + (long) piece.rows() * spec.cols();
      for (long i = Math.max(from, first); i < Math.min(to, end); i++) {
        long row = piece.row() + (i - first) / spec.cols();
        long col = piece.col() + (i - first) % spec.cols();
        double value = spec.init().mean();
        if (spec.init().std() > 0) {
          value += spec.init().std() * normal(key, row * piece.tensorCols() + col);
        }
        host.setAtIndex(ValueLayout.JAVA_FLOAT, i - from, (float) value);
      }
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
