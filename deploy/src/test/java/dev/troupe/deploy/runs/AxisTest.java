package dev.troupe.deploy.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AxisTest {
  @Test
  void ticksAreRoundAndHoldAllValues() {
    Axis axis = Axis.around(DoubleStream.of(0.71, 5.53), false);
    assertEquals(List.of(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0), axis.ticks());
    assertEquals(0.5, axis.place(3));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1_000; i++) {
      double a = random.nextDouble(-1, 1) * Math.pow(10, random.nextInt(-6, 9));
      double b = a + random.nextDouble() * Math.pow(10, random.nextInt(-6, 9));
      Axis any = Axis.around(DoubleStream.of(a, b), false);
      assertTrue(any.place(a) > -1e-6 && any.place(b) < 1 + 1e-6, any::toString);
      int ticks = any.ticks().size();
      assertTrue(ticks >= 4 && ticks <= 9, () -> any + " has " + ticks);
    }
  }

  @Test
  void oneValueHasRoomAroundIt() {
    assertTrue(Axis.around(DoubleStream.of(0), false).place(0) > 0);
    double place = Axis.around(DoubleStream.of(3, 3), false).place(3);
    assertTrue(place > 0 && place < 1);
  }

  @Test
  void aLogarithmicAxisCountsPowers() {
    Axis axis = Axis.around(DoubleStream.of(0.001, 1000), true);
    assertEquals(0.5, axis.place(1), 1e-9);
    assertEquals(1000, axis.ticks().getLast(), 1e-9);
  }

  @Test
  void labelsAreShort() {
    assertEquals("0", Axis.label(0));
    assertEquals("0.25", Axis.label(0.25));
    assertEquals("1500", Axis.label(1_500));
    assertEquals("20k", Axis.label(20_000));
    assertEquals("1.5M", Axis.label(1_500_000));
    assertEquals("-3B", Axis.label(-3e9));
    assertEquals("2.0e-05", Axis.label(2e-5));
  }
}
