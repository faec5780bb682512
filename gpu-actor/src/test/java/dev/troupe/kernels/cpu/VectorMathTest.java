package dev.troupe.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class VectorMathTest {
  /** Enough calls that the first ones are interpreted and the last ones compiled. */
  private static final int CALLS = 30_000;

  @Test
  void lanesAreSummedInOneOrderWhetherInterpretedOrCompiled() {
    SplittableRandom random = new SplittableRandom(1);
    for (int call = 0; call < CALLS; call++) {
      float[] values = new float[VectorMath.WIDTH];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      float sum = VectorMath.sum(FloatVector.fromArray(VectorMath.FLOATS, values, 0));
      assertEquals(folded(values), sum, "call " + call);
    }
  }

  private static float folded(float[] values) {
    for (int half = values.length / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        values[i] += values[i + half];
      }
    }
    return values[0];
  }

  @Test
  void expIsCloseToTheExactOneAndKeepsNan() {
    float[] values = new float[VectorMath.WIDTH];
    for (float x = -86; x < 88; x += 0.0371f) {
      values[0] = x;
      float y = VectorMath.exp(FloatVector.fromArray(VectorMath.FLOATS, values, 0)).lane(0);
      double exact = Math.exp(x);
      assertTrue(Math.abs(y - exact) <= 3e-7 * exact, "exp(" + x + ") = " + y);
    }
    values[0] = Float.NaN;
    assertTrue(
        Float.isNaN(
            VectorMath.expOrZero(FloatVector.fromArray(VectorMath.FLOATS, values, 0)).lane(0)));
  }
}
