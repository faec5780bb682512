package dev.troupe.data.stream;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.data.testing.ArrayStream;
import dev.troupe.data.testing.Streams;
import dev.troupe.proto.error.Category;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SplitTest {
  @Test
  void shouldHoldOutTheLastDocuments() {
    ArrayStream stream = new ArrayStream(documents(20, 5));
    Split split = Split.of(stream, 0.1);
    assertEquals(18, split.train().documents());
    assertEquals(2, split.heldOut().documents());
    assertArrayEquals(Streams.document(stream, 18), Streams.document(split.heldOut(), 0));
    assertArrayEquals(Streams.document(stream, 19), Streams.document(split.heldOut(), 1));
    assertEquals("the held-out part of test data", split.heldOut().name());
  }

  @Test
  void shouldHoldOutAtLeastOneDocument() {
    assertEquals(1, Split.of(new ArrayStream(documents(20, 5)), 0.001).heldOut().documents());
  }

  @Test
  void shouldCutInsideADocumentWhenThereIsOnlyOne() {
    Split split = Split.of(ArrayStream.counting(1000), 0.05);
    assertEquals(950, split.train().tokens());
    assertEquals(50, split.heldOut().tokens());
    assertEquals(1, split.heldOut().documents());
    assertEquals(0, split.heldOut().documentStart(0));
    assertEquals(950, Streams.all(split.heldOut())[0]);
  }

  @Test
  void shouldCutInsideADocumentWhenWholeOnesAreFarTooLong() {
    ArrayStream stream = new ArrayStream(documents(2, 1000));
    Split split = Split.of(stream, 0.05);
    assertEquals(1900, split.train().tokens());
    assertEquals(2, split.train().documents());
    assertEquals(1900, split.train().documentStart(2));
  }

  @Test
  void shouldRefuseOneToken() {
    assertFails(
        Category.DATA, () -> Split.of(ArrayStream.counting(1), 0.5), "data.validation.path");
  }

  @Test
  void shouldNotReadBeyondItsPart() {
    Split split = Split.of(ArrayStream.counting(100), 0.1);
    assertThrows(IndexOutOfBoundsException.class, () -> split.train().read(85, 6, new int[6], 0));
  }

  @Property(tries = 300)
  void partsTogetherAreTheWhole(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 9) Integer> sizes,
      @ForAll @DoubleRange(min = 0.01, max = 0.99) double fraction) {
    int total = sizes.stream().mapToInt(n -> n).sum();
    if (total < 2) {
      return;
    }
    ArrayStream stream =
        new ArrayStream(sizes.stream().map(n -> documents(1, n)[0]).toArray(int[][]::new));
    Split split = Split.of(stream, fraction);
    int[] joined =
        IntStream.concat(
                IntStream.of(Streams.all(split.train())),
                IntStream.of(Streams.all(split.heldOut())))
            .toArray();
    assertArrayEquals(Streams.all(stream), joined);
    for (TokenStream part : new TokenStream[] {split.train(), split.heldOut()}) {
      assertEquals(0, part.documentStart(0));
      assertEquals(part.tokens(), part.documentStart(part.documents()));
    }
  }

  private static int[][] documents(int count, int tokens) {
    return IntStream.range(0, count)
        .mapToObj(d -> IntStream.range(0, tokens).map(t -> d * tokens + t).toArray())
        .toArray(int[][]::new);
  }
}
