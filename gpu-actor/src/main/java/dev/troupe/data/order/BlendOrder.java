package dev.troupe.data.order;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * Which source of a blend each sample of a run comes from. After any number of samples {@code n},
 * source {@code i} of {@code k} with share {@code w} was taken {@code w n} times, give or take less
 * than {@code 1 - 1 / (2k - 2)}: no order can promise a smaller distance (Tijdeman, "The chairman
 * assignment problem", Discrete Mathematics 32, 1980, whose algorithm this is).
 *
 * <p>The order has a period, in which each source is taken a whole number of times; so what is
 * asked of a sample is looked up, and nothing has to be kept to go on from any step. Weights that
 * are decimals have an exact period; a period of more than about a million samples is rounded to
 * that.
 */
public final class BlendOrder {
  private static final int LONGEST_PERIOD = 1 << 20;

  private final int[] shares;
  private final int period;

  /** By position in the period: its source, and how often that was taken before. */
  private final short[] source;

  private final int[] before;

  private BlendOrder(int[] shares) {
    this.shares = shares;
    this.period = Arrays.stream(shares).sum();
    this.source = new short[period];
    this.before = new int[period];
    assign();
  }

  /** The order of sources with these weights, which are greater than 0. */
  public static BlendOrder of(double... weights) {
    return new BlendOrder(shares(weights));
  }

  /** The source of a sample. */
  public int source(long sample) {
    return source[(int) (sample % period)];
  }

  /** How many samples before this one come from the same source. */
  public long index(long sample) {
    int position = (int) (sample % period);
    return sample / period * shares[source[position]] + before[position];
  }

  /** How many of the first {@code samples} come from a source. */
  public long count(int of, long samples) {
    long count = samples / period * shares[of];
    for (int position = (int) (samples % period) - 1; position >= 0; position--) {
      if (source[position] == of) {
        return count + before[position] + 1;
      }
    }
    return count;
  }

  /** The least whole numbers in proportion to the weights, or close to that with a bounded sum. */
  private static int[] shares(double[] weights) {
    BigDecimal[] exact =
        Arrays.stream(weights).mapToObj(BigDecimal::valueOf).toArray(BigDecimal[]::new);
    int scale = Arrays.stream(exact).mapToInt(BigDecimal::scale).max().orElse(0);
    BigInteger[] whole =
        Arrays.stream(exact)
            .map(weight -> weight.movePointRight(Math.max(0, scale)).toBigIntegerExact())
            .toArray(BigInteger[]::new);
    BigInteger divisor = Arrays.stream(whole).reduce(BigInteger.ZERO, BigInteger::gcd);
    BigInteger sum = Arrays.stream(whole).reduce(BigInteger.ZERO, BigInteger::add).divide(divisor);
    if (sum.compareTo(BigInteger.valueOf(LONGEST_PERIOD)) <= 0) {
      return Arrays.stream(whole).mapToInt(each -> each.divide(divisor).intValueExact()).toArray();
    }
    double all = Arrays.stream(weights).sum();
    return Arrays.stream(weights)
        .mapToInt(weight -> (int) Math.max(1, Math.round(weight / all * LONGEST_PERIOD)))
        .toArray();
  }

  private void assign() {
    int[] taken = new int[shares.length];
    for (int position = 0; position < period; position++) {
      int next = shares.length == 1 ? 0 : next(position + 1L, taken);
      source[position] = (short) next;
      before[position] = taken[next]++;
    }
  }

  /**
   * Tijdeman's rule for the {@code n}-th sample: of the sources that are behind by at least {@code
   * 1 / (2k - 2)} of a sample, the one that would be too far behind soonest. In whole numbers: all
   * is multiplied by {@code period (2k - 2)}.
   */
  private int next(long n, int[] taken) {
    long scale = 2L * shares.length - 2;
    int next = -1;
    long slackOfNext = 0;
    for (int i = 0; i < shares.length; i++) {
      long behind = scale * (shares[i] * n - (long) taken[i] * period);
      long slack = period * (scale - 1) - behind;
      // slack / share is how many samples may pass until then.
      if (behind >= period && (next < 0 || slack * shares[next] < slackOfNext * shares[i])) {
        next = i;
        slackOfNext = slack;
      }
    }
    return next;
  }
}
