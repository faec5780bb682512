package dev.troupe.kernels;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * A dense float64 matrix on the heap: what references compute with. References read the values that
 * kernels read, so rounding of inputs to float32 or bfloat16 is not part of any error.
 *
 * @param rows number of rows
 * @param cols number of columns
 * @param data row-major values
 */
public record Matrix(int rows, int cols, double[] data) {

  /** Checks the size. */
  public Matrix {
    if (data.length != rows * cols) {
      throw new IllegalArgumentException(data.length + " values in " + rows + " x " + cols);
    }
  }

  /** A matrix of zeros. */
  public static Matrix zeros(int rows, int cols) {
    return new Matrix(rows, cols, new double[rows * cols]);
  }

  /** Independent standard normal values. */
  public static Matrix normal(int rows, int cols, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] data = new double[rows * cols];
    Arrays.setAll(data, i -> random.nextGaussian());
    return new Matrix(rows, cols, data);
  }

  /** Independent ids in [0, bound), as a column. */
  public static Matrix ids(int rows, int bound, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] data = new double[rows];
    Arrays.setAll(data, i -> random.nextInt(bound));
    return new Matrix(rows, 1, data);
  }

  /** The element at a place. */
  public double at(int row, int col) {
    return data[row * cols + col];
  }

  /** Sets the element at a place. */
  public void set(int row, int col, double value) {
    data[row * cols + col] = value;
  }

  /** Adds to the element at a place. */
  public void add(int row, int col, double value) {
    data[row * cols + col] += value;
  }

  /** f of every element. */
  public Matrix map(DoubleUnaryOperator f) {
    return new Matrix(rows, cols, Arrays.stream(data).map(f).toArray());
  }

  /** f of every pair of elements. */
  public Matrix zip(Matrix other, DoubleBinaryOperator f) {
    double[] result = new double[data.length];
    Arrays.setAll(result, i -> f.applyAsDouble(data[i], other.data[i]));
    return new Matrix(rows, cols, result);
  }

  /** The sum of two matrices. */
  public Matrix plus(Matrix other) {
    return zip(other, Double::sum);
  }

  /** Sum of the products of elements. */
  public double dot(Matrix other) {
    double sum = 0;
    for (int i = 0; i < data.length; i++) {
      sum += data[i] * other.data[i];
    }
    return sum;
  }

  /** Root of the sum of squares. */
  public double norm() {
    return Math.sqrt(dot(this));
  }

  /** Rows {@code [from, from + count)}. */
  public Matrix rows(int from, int count) {
    return new Matrix(count, cols, Arrays.copyOfRange(data, from * cols, (from + count) * cols));
  }

  /** Columns {@code [from, from + count)}. */
  public Matrix cols(int from, int count) {
    Matrix part = zeros(rows, count);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(data, r * cols + from, part.data, r * count, count);
    }
    return part;
  }

  /** The transposed matrix. */
  public Matrix transposed() {
    Matrix result = zeros(cols, rows);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        result.set(c, r, at(r, c));
      }
    }
    return result;
  }
}
