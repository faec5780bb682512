package dev.troupe.data.stream;

import java.util.Arrays;

/**
 * The entropy of a stream's token frequencies, {@code H = -sum_v p_v ln p_v}, in nats a token: the
 * loss of the best model that ignores context.
 */
public final class UnigramEntropy {
  private static final int CHUNK = 1 << 16;

  private UnigramEntropy() {}

  /** Reads the whole stream once. */
  public static double of(TokenStream stream) {
    long[] counts = counts(stream);
    double entropy = 0;
    for (long count : counts) {
      if (count > 0) {
        double p = count / (double) stream.tokens();
        entropy -= p * Math.log(p);
      }
    }
    return entropy;
  }

  private static long[] counts(TokenStream stream) {
    long[] counts = new long[1 << 10];
    int[] chunk = new int[CHUNK];
    for (long at = 0; at < stream.tokens(); at += CHUNK) {
      int n = (int) Math.min(CHUNK, stream.tokens() - at);
      stream.read(at, n, chunk, 0);
      for (int i = 0; i < n; i++) {
        if (chunk[i] >= counts.length) {
          counts = Arrays.copyOf(counts, Math.max(2 * counts.length, chunk[i] + 1));
        }
        counts[chunk[i]]++;
      }
    }
    return counts;
  }
}
