package dev.troupe.data.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.data.testing.ArrayStream;
import dev.troupe.data.testing.Streams;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TaggedTokenStreamTest {
  private static final TokenStream TAGGED =
      new TaggedTokenStream(
          new ArrayStream(new int[] {1, 2, 3}, new int[0], new int[] {4}, new int[] {5, 6}),
          new int[] {90, 91},
          OptionalInt.of(5));

  @Test
  void eachDocumentBeginsWithTheTagAfterTheTokenThatBeginsIt() {
    int[] all = {90, 91, 1, 2, 3, 90, 91, 90, 91, 4, 5, 90, 91, 6};
    assertEquals(all.length, TAGGED.tokens());
    assertArrayEquals(all, Streams.all(TAGGED));
    assertArrayEquals(new int[] {90, 91}, Streams.document(TAGGED, 1));
    assertArrayEquals(new int[] {5, 90, 91, 6}, Streams.document(TAGGED, 3));
  }

  @Test
  void everyRangeIsAPartOfTheWhole() {
    int[] all = Streams.all(TAGGED);
    for (int from = 0; from <= all.length; from++) {
      for (int to = from; to <= all.length; to++) {
        int[] part = new int[to - from];
        TAGGED.read(from, part.length, part, 0);
        assertArrayEquals(Arrays.copyOfRange(all, from, to), part);
      }
    }
  }
}
