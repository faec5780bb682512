package dev.troupe.layer;

import static org.junit.jupiter.api.Assertions.fail;

import dev.troupe.kernels.Matrix;
import dev.troupe.tensor.Tensor;
import java.util.Arrays;
import java.util.function.DoubleSupplier;

/**
 * Analytic gradients against finite differences of a scalar loss, along directions: the gradient
 * itself, which shows a wrong scale or sign, and random ones, which show a wrong part. The central
 * difference of fourth order, (8 (L(e) - L(-e)) - (L(2e) - L(-2e))) / 12e, allows a step that is
 * large beside float32's rounding.
 */
public final class GradientCheck {
  private static final double STEP = 1.5e-3;
  private static final int RANDOM_DIRECTIONS = 2;

  private final LayerRig rig;
  private final DoubleSupplier loss;
  private final double tolerance;

  /**
   * A check of one function.
   *
   * @param loss computes the loss from the current values of all variables
   * @param tolerance greatest error, relative to the derivative that a random direction would have
   */
  public GradientCheck(LayerRig rig, DoubleSupplier loss, double tolerance) {
    this.rig = rig;
    this.loss = loss;
    this.tolerance = tolerance;
  }

  /** Fails where the gradient of the loss with respect to a variable is not {@code gradient}. */
  public void check(String what, Tensor variable, Matrix gradient) {
    double largest = Arrays.stream(gradient.data()).map(Math::abs).max().orElse(0);
    if (!(largest > 0)) {
      fail(what + ": the gradient is " + largest + " everywhere");
    }
    along(what + " along the gradient", variable, gradient, gradient.map(g -> g / largest));
    for (int i = 0; i < RANDOM_DIRECTIONS; i++) {
      Matrix direction = Matrix.normal(gradient.rows(), gradient.cols(), 1000 + i);
      along(what + " along direction " + i, variable, gradient, direction);
    }
  }

  private void along(String what, Tensor variable, Matrix gradient, Matrix direction) {
    Matrix values = rig.read(variable);
    double near =
        loss(variable, values, direction, STEP) - loss(variable, values, direction, -STEP);
    double far =
        loss(variable, values, direction, 2 * STEP) - loss(variable, values, direction, -2 * STEP);
    rig.device().write(variable, values);
    double numeric = (8 * near - far) / (12 * STEP);
    double analytic = gradient.dot(direction);
    double scale = gradient.norm() * direction.norm() / Math.sqrt(gradient.data().length);
    double error = Math.abs(numeric - analytic) / Math.max(Math.abs(analytic), scale);
    if (!(error <= tolerance)) {
      fail(
          "%s: finite difference %.7g, gradient %.7g, error %.2g of %.3g"
              .formatted(what, numeric, analytic, error, scale));
    }
  }

  private double loss(Tensor variable, Matrix values, Matrix direction, double step) {
    rig.device().write(variable, values.zip(direction, (v, d) -> v + step * d));
    return loss.getAsDouble();
  }
}
