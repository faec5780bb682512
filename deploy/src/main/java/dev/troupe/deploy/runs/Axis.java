package dev.troupe.deploy.runs;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * An axis from {@code low} to {@code high} with a tick every {@code unit}, linear or logarithmic.
 * On a logarithmic one the numbers are powers of ten.
 */
record Axis(double low, double high, double unit, boolean logarithmic) {
  private static final int TICKS = 6;
  private static final double[] STEPS = {1, 2, 2.5, 5, 10};

  /** An axis that holds the values; those of a logarithmic one are positive. */
  static Axis around(DoubleStream values, boolean logarithmic) {
    double[] all = values.map(v -> logarithmic ? Math.log10(v) : v).toArray();
    double low = DoubleStream.of(all).min().orElse(0);
    double high = DoubleStream.of(all).max().orElse(1);
    if (low == high) { // one value: some room around it
      double room = low == 0 ? 1 : Math.abs(low) / 10;
      low -= room;
      high += room;
    }
    double unit = unit((high - low) / TICKS);
    return new Axis(
        Math.floor(low / unit) * unit, Math.ceil(high / unit) * unit, unit, logarithmic);
  }

  /** The next larger of 1, 2, 2.5 and 5 times a power of ten. */
  private static double unit(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double step : STEPS) {
      if (step * power >= least * (1 - 1e-9)) {
        return step * power;
      }
    }
    return 10 * power;
  }

  /** Where a value lies: 0 at the beginning, 1 at the end. */
  double place(double value) {
    return ((logarithmic ? Math.log10(value) : value) - low) / (high - low);
  }

  /** The values with a tick. */
  List<Double> ticks() {
    return LongStream.rangeClosed(Math.round(low / unit), Math.round(high / unit))
        .mapToObj(i -> logarithmic ? Math.pow(10, i * unit) : i * unit)
        .toList();
  }

  /** A tick's value in words: 0.25, 20k, 1.5M, 1e-05. */
  static String label(double value) {
    double size = Math.abs(value);
    if (size >= 1e9) {
      return trimmed(value / 1e9) + "B";
    }
    if (size >= 1e6) {
      return trimmed(value / 1e6) + "M";
    }
    if (size >= 1e4) {
      return trimmed(value / 1e3) + "k";
    }
    return size > 0 && size < 1e-3 ? String.format(Locale.ROOT, "%.2g", value) : trimmed(value);
  }

  private static String trimmed(double value) {
    String text = String.format(Locale.ROOT, "%.4f", value);
    return text.replaceFirst("\\.?0+$", "");
  }
}
