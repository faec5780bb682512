package dev.troupe.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/** The sum over lanes, whose order must not depend on whether the code was compiled by then. */
class LaneSumTest {
  /** More than the virtual machine interprets before it compiles. */
  private static final int TIMES = 200_000;

  @Test
  void interpretedAndCompiledCodeGiveTheSameBits() {
    SplittableRandom random = new SplittableRandom(1);
    float[] lanes = new float[VectorMath.WIDTH];
    for (int time = 0; time < TIMES; time++) {
      for (int i = 0; i < lanes.length; i++) {
        lanes[i] = (random.nextFloat() - 0.5f) * (1 << (time + 5 * i) % 20);
      }
      float sum = VectorMath.sum(FloatVector.fromArray(VectorMath.FLOATS, lanes, 0));
      assertEquals(byHalves(lanes), sum, "time " + time);
    }
  }

  private static float byHalves(float[] lanes) {
    float[] sums = lanes.clone();
    for (int half = sums.length / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        sums[i] += sums[i + half];
      }
    }
    return sums[0];
  }
}
