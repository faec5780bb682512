package dev.troupe.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.spec.Schedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LearningRateTest {
  private static final double LR = 0.4;
  private static final double MIN = 0.04;
  private static final int STEPS = 100;

  private static LearningRate rate(Schedule schedule, int warmup, double decayFraction) {
    return new LearningRate(OptimizerJobs.train(STEPS, LR, MIN, warmup, decayFraction, schedule));
  }

  @ParameterizedTest
  @EnumSource
  void theWarmUpRisesInEqualSteps(Schedule schedule) {
    LearningRate rate = rate(schedule, 10, 0.2);
    for (int t = 1; t <= 10; t++) {
      assertEquals(LR * t / 10, rate.at(t), 1e-15, "step " + t);
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutWarmUpTheFirstStepIsNextToThePeak(Schedule schedule) {
    double first = rate(schedule, 0, 0.2).at(1);
    assertTrue(first <= LR && first >= LR - (LR - MIN) / STEPS - 1e-15, "rate " + first);
  }

  @ParameterizedTest
  @CsvSource({"COSINE,0", "COSINE,10", "LINEAR,0", "LINEAR,10", "WSD,0", "WSD,10"})
  void theLastStepHasTheSmallestRateAndSoDoSteps(Schedule schedule, int warmup) {
    LearningRate rate = rate(schedule, warmup, 0.2);
    assertEquals(MIN, rate.at(STEPS), 1e-15);
    assertEquals(MIN, rate.at(STEPS + 7), 1e-15, "steps after the last");
    for (int t = Math.max(1, warmup); t < STEPS; t++) {
      assertTrue(rate.at(t + 1) <= rate.at(t), "falls at step " + t);
    }
  }

  @Test
  void constantStaysAtThePeak() {
    assertEquals(LR, rate(Schedule.CONSTANT, 10, 0.2).at(11));
    assertEquals(LR, rate(Schedule.CONSTANT, 10, 0.2).at(STEPS));
  }

  @Test
  void cosineAndLinearAreHalfWayInTheMiddle() {
    assertEquals((LR + MIN) / 2, rate(Schedule.COSINE, 20, 0.2).at(60), 1e-15);
    assertEquals((LR + MIN) / 2, rate(Schedule.LINEAR, 20, 0.2).at(60), 1e-15);
    double quarter = MIN + (LR - MIN) * 0.5 * (1 + Math.sqrt(0.5));
    assertEquals(quarter, rate(Schedule.COSINE, 20, 0.2).at(40), 1e-15);
    assertEquals(LR - (LR - MIN) / 4, rate(Schedule.LINEAR, 20, 0.2).at(40), 1e-15);
  }

  @Test
  void wsdIsStableUntilTheLastPart() {
    LearningRate rate = rate(Schedule.WSD, 10, 0.2);
    assertEquals(LR, rate.at(11));
    assertEquals(LR, rate.at(80));
    assertEquals((LR + MIN) / 2, rate.at(90), 1e-15);
    assertEquals(LR, rate(Schedule.WSD, 10, 0).at(STEPS), "no part to decay in");
  }

  @Test
  void aWarmUpAsLongAsTheRunEndsAtThePeak() {
    assertEquals(LR, rate(Schedule.COSINE, STEPS, 0.2).at(STEPS));
  }
}
