package dev.troupe.data.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.data.testing.ArrayStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnigramEntropyTest {
  @Test
  void uniformTokensHaveTheLogarithmOfTheirNumber() {
    assertEquals(Math.log(5000), UnigramEntropy.of(ArrayStream.counting(5000)), 1e-12);
  }

  @Test
  void oneTokenHasNone() {
    assertEquals(0, UnigramEntropy.of(new ArrayStream(new int[] {7, 7, 7})), 0);
  }

  @Test
  void shouldCountOverAllChunks() {
    // 3/4 zeros and 1/4 ones: H = ln 4 - 3/4 ln 3.
    int[] tokens = IntStream.range(0, 200_000).map(i -> i < 150_000 ? 0 : 1).toArray();
    assertEquals(
        Math.log(4) - 0.75 * Math.log(3), UnigramEntropy.of(new ArrayStream(tokens)), 1e-12);
  }
}
