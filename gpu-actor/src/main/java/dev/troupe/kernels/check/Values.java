package dev.troupe.kernels.check;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/**
 * A dense matrix on the host, in float64, which holds every value of every type exactly.
 *
 * @param rows number of rows
 * @param cols number of columns
 * @param data row-major values
 */
public record Values(int rows, int cols, double[] data) {

  /** Checks the size. */
  public Values {
    if (data.length != (long) rows * cols) {
      throw new IllegalArgumentException(data.length + " values in " + rows + " x " + cols);
    }
  }

  /** The same value everywhere. */
  static Values filled(int rows, int cols, double value) {
    double[] data = new double[rows * cols];
    Arrays.fill(data, value);
    return new Values(rows, cols, data);
  }

  /** Independent standard normal values. */
  static Values normal(int rows, int cols, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] data = new double[rows * cols];
    Arrays.setAll(data, i -> random.nextGaussian());
    return new Values(rows, cols, data);
  }

  /** Independent ids in [0, bound), as a column. */
  static Values ids(int rows, int bound, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] data = new double[rows];
    Arrays.setAll(data, i -> random.nextInt(bound));
    return new Values(rows, 1, data);
  }

  /** The element at a place. */
  double at(int row, int col) {
    return data[row * cols + col];
  }

  /** f of every element. */
  Values map(DoubleUnaryOperator f) {
    return new Values(rows, cols, Arrays.stream(data).map(f).toArray());
  }

  /** Rows {@code [from, from + count)}. */
  Values rows(int from, int count) {
    return new Values(count, cols, Arrays.copyOfRange(data, from * cols, (from + count) * cols));
  }

  /** Columns {@code [from, from + count)}. */
  Values cols(int from, int count) {
    double[] part = new double[rows * count];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(data, r * cols + from, part, r * count, count);
    }
    return new Values(rows, count, part);
  }

  /** This matrix with {@code part} in its columns from {@code from} on. */
  Values with(int from, Values part) {
    double[] all = data.clone();
    for (int r = 0; r < rows; r++) {
      System.arraycopy(part.data, r * part.cols, all, r * cols + from, part.cols);
    }
    return new Values(rows, cols, all);
  }

  /** 1/sqrt(mean(x^2) + eps) of every row, as a column. */
  Values rstd(double eps) {
    double[] result = new double[rows];
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int c = 0; c < cols; c++) {
        sum += at(r, c) * at(r, c);
      }
      result[r] = 1 / Math.sqrt(sum / cols + eps);
    }
    return new Values(rows, 1, result);
  }
}
