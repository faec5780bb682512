package dev.troupe.kernels.check;

/**
 * One result of a case on two backends.
 *
 * @param output name of the tensor
 * @param error as {@code bound} measures it
 * @param bound what is allowed
 */
public record Comparison(String output, double error, Bound bound) {

  static Comparison of(Output expected, Output actual) {
    return new Comparison(
        expected.name(),
        expected.bound().error(expected.values(), actual.values()),
        expected.bound());
  }

  /** Whether the error is within the bound. */
  public boolean ok() {
    return error <= bound.limit();
  }

  /** Error over limit, to find the worst of several; 0 for equal bits. */
  public double share() {
    return error == 0 ? 0 : error / bound.limit();
  }
}
