package dev.troupe.data.random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeistelPermutationTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 13, 1000, 4097})
  void everyElementComesOnce(int size) {
    assertBijection(size, 42);
  }

  @Property(tries = 200)
  void everyElementComesOnceWhateverTheSizeAndSeed(
      @ForAll @IntRange(min = 1, max = 600) int size, @ForAll long seed) {
    assertBijection(size, seed);
  }

  @Property
  void hugeSizesStayInRange(
      @ForAll @LongRange(min = 1, max = 1L << 62) long size, @ForAll long seed) {
    long last = new FeistelPermutation(size, seed).apply(size - 1);
    assertTrue(last >= 0 && last < size);
  }

  @Test
  void seedsGiveDifferentPermutations() {
    assertNotEquals(Arrays.toString(permutation(1000, 1)), Arrays.toString(permutation(1000, 2)));
  }

  @Test
  void elementsAreSpreadOverTheRange() {
    // The first tenth of the positions should hit each tenth of 100,000 about 1,000 times.
    int[] tenths = new int[10];
    FeistelPermutation permutation = new FeistelPermutation(100_000, 7);
    LongStream.range(0, 10_000).forEach(i -> tenths[(int) (permutation.apply(i) / 10_000)]++);
    for (int hits : tenths) {
      assertTrue(hits > 850 && hits < 1150, Arrays.toString(tenths));
    }
  }

  @Test
  void valuesArePinnedBecauseRunsResumeByThem() {
    assertEquals("[0, 1, 3, 8, 4, 5, 2, 9, 7, 6]", Arrays.toString(permutation(10, 1234)));
  }

  @Test
  void shouldRefuseWhatIsOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> new FeistelPermutation(0, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> new FeistelPermutation(5, 1).apply(5));
  }

  private static void assertBijection(int size, long seed) {
    long[] sorted = permutation(size, seed);
    Arrays.sort(sorted);
    assertEquals(Arrays.toString(LongStream.range(0, size).toArray()), Arrays.toString(sorted));
  }

  private static long[] permutation(int size, long seed) {
    return LongStream.range(0, size).map(new FeistelPermutation(size, seed)::apply).toArray();
  }
}
