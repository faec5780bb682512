package dev.troupe.layer;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Kernels;
import dev.troupe.tensor.Tensor;

/**
 * y = x / sqrt(mean(x^2) + eps) * gain, over rows (Zhang and Sennrich 2019). Under sequence
 * parallelism x holds this rank's rows only and the gain's gradient is a partial sum.
 *
 * @param kernels where it runs
 * @param gain (1, d)
 * @param eps added to the mean square
 */
public record RmsNorm(Kernels kernels, Parameter gain, float eps) {

  /** What backward reads: the input and 1/rms a row. */
  public record Saved(Tensor x, Tensor rstd) {}

  /** Writes y and returns what backward needs; x must outlive it. */
  public Saved forward(Tensor y, Tensor x, Pass pass) {
    Tensor rstd = pass.workspace().activation(DataType.FLOAT32, x.rows(), 1);
    kernels.rmsNorm(y, rstd, x, gain.value(), eps);
    return new Saved(x, rstd);
  }

  /** sum = x + delta; y = norm(sum). */
  public Saved forwardSum(Tensor sum, Tensor y, Tensor x, Tensor delta, Pass pass) {
    Tensor rstd = pass.workspace().activation(DataType.FLOAT32, x.rows(), 1);
    kernels.addRmsNorm(sum, y, rstd, x, delta, gain.value(), eps);
    return new Saved(sum, rstd);
  }

  /** Computes y again from what was saved. */
  public void recompute(Tensor y, Saved saved) {
    kernels.rmsNormApply(y, saved.x(), saved.rstd(), gain.value());
  }

  /** dx (+)= the gradient through the norm; the gain's main gradient (+)= its part. */
  public void backward(Tensor dx, Accumulate ontoDx, Tensor dy, Saved saved, Pass pass) {
    kernels.rmsNormBackward(
        dx, gain.grad(), dy, saved.x(), saved.rstd(), gain.value(), ontoDx, pass.gradients());
  }
}
