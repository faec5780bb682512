package dev.troupe.data.order;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.proto.spec.DataOrder;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SampleOrderTest {
  @Test
  void sequentialStartsAnewEachEpoch() {
    SampleOrder order = new SampleOrder(3, DataOrder.SEQUENTIAL, 9);
    assertArrayEquals(
        new long[] {0, 1, 2, 0, 1}, LongStream.range(0, 5).map(order::sample).toArray());
    assertEquals(1, order.epoch(3));
  }

  @Test
  void everyEpochHasEverySampleInAnotherOrder() {
    SampleOrder order = new SampleOrder(101, DataOrder.SHUFFLED, 9);
    long[] first = LongStream.range(0, 101).map(order::sample).toArray();
    long[] second = LongStream.range(101, 202).map(order::sample).toArray();
    assertFalse(Arrays.equals(first, second));
    Arrays.sort(first);
    Arrays.sort(second);
    assertArrayEquals(LongStream.range(0, 101).toArray(), first);
    assertArrayEquals(first, second);
  }

  @Test
  void seedsGiveDifferentOrders() {
    SampleOrder one = new SampleOrder(101, DataOrder.SHUFFLED, 1);
    SampleOrder two = new SampleOrder(101, DataOrder.SHUFFLED, 2);
    assertFalse(LongStream.range(0, 101).allMatch(g -> one.sample(g) == two.sample(g)));
  }

  @Test
  void shouldRefuseWhatIsOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> new SampleOrder(0, DataOrder.SEQUENTIAL, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new SampleOrder(4, DataOrder.SEQUENTIAL, 1).sample(-1));
  }
}
