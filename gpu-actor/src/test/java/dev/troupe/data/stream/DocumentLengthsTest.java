package dev.troupe.data.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.data.testing.ArrayStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DocumentLengthsTest {
  @Test
  void percentilesAreLengthsThatOccur() {
    // 100 documents of 100, 99, ..., 1 tokens.
    int[][] texts = IntStream.range(0, 100).mapToObj(i -> new int[100 - i]).toArray(int[][]::new);
    assertEquals(
        new DocumentLengths(100, 1, 10, 50, 90, 99, 100, 50.5),
        DocumentLengths.of(new ArrayStream(texts)));
  }

  @Test
  void oneDocument() {
    assertEquals(
        new DocumentLengths(1, 7, 7, 7, 7, 7, 7, 7), DocumentLengths.of(ArrayStream.counting(7)));
  }
}
