package dev.troupe.data.stream;

import java.util.Arrays;

/**
 * How long a stream's documents are, in tokens. Percentiles are of lengths that do occur: p is the
 * least length that at least p% of the documents do not exceed.
 *
 * @param counted how many documents were looked at: all, or every n-th where they are very many
 */
public record DocumentLengths(
    int counted, long least, long p10, long p50, long p90, long p99, long greatest, double mean) {
  private static final int MOST_COUNTED = 20_000_000;

  /** Reads the stream's index. */
  public static DocumentLengths of(TokenStream stream) {
    int stride = (stream.documents() - 1) / MOST_COUNTED + 1;
    long[] lengths = new long[(stream.documents() - 1) / stride + 1];
    for (int i = 0; i < lengths.length; i++) {
      int document = i * stride;
      lengths[i] = stream.documentStart(document + 1) - stream.documentStart(document);
    }
    Arrays.sort(lengths);
    return new DocumentLengths(
        lengths.length,
        lengths[0],
        percentile(lengths, 10),
        percentile(lengths, 50),
        percentile(lengths, 90),
        percentile(lengths, 99),
        lengths[lengths.length - 1],
        Arrays.stream(lengths).average().orElse(0));
  }

  private static long percentile(long[] sorted, int percent) {
    long rank = ((long) percent * sorted.length + 99) / 100;
    return sorted[(int) Math.max(0, rank - 1)];
  }
}
