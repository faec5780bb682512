package dev.troupe.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.model.KeyValueCache;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models cut over several ranks against the same models on one. */
class TensorParallelInferenceTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void logitsAndLossesDoNotDependOnTheNumberOfRanks(int tp) {
    try (FixtureModel one = new FixtureModel("llama-gqa", folder.resolve("one"));
        FixtureModel many = new FixtureModel("llama-gqa", folder.resolve("many"), tp);
        SequenceCache a = one.model().newCache(one.length());
        SequenceCache b = many.model().newCache(one.length())) {
      int[] sizes = {5, 1, 1, 7, 1};
      for (int size : sizes) {
        int[] tokens = one.tokens(0, a.length(), a.length() + size);
        assertArrayEquals(
            one.model().extend(a, tokens), many.model().extend(b, tokens), 1e-5f, "logits");
      }
      assertEquals(Arrays.stream(sizes).sum(), b.length());
      assertArrayEquals(losses(one), losses(many), 1e-5f, "losses");
    }
  }

  private static float[] losses(FixtureModel fixture) {
    return fixture
        .model()
        .losses(fixture.inputs(), fixture.targets(), fixture.sequences(), fixture.length());
  }

  @Test
  void aWidthThatDoesNotFitIsRefusedWithThoseThatDo() {
    TroupeException refused =
        assertThrows(TroupeException.class, () -> new FixtureModel("llama-gqa", folder, 3));
    assertEquals(Category.USAGE, refused.category());
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("tp = 3") && message.contains("1, 2, 4"), message);
  }

  @Test
  void moreTokensThanACacheHasRoomForAreRefusedBeforeAnyRankBegins() {
    try (FixtureModel fixture = new FixtureModel("llama-gqa", folder, 2);
        SequenceCache cache = fixture.model().newCache(4)) {
      int[] five = fixture.tokens(0, 0, 5);
      assertThrows(IndexOutOfBoundsException.class, () -> fixture.model().extend(cache, five));
      assertEquals(0, cache.length());
      fixture.model().extend(cache, fixture.tokens(0, 0, 4));
      assertEquals(4, cache.length());
    }
  }

  @Test
  void aRankThatFailsDoesNotKeepTheOthersWaiting() {
    try (FixtureModel fixture = new FixtureModel("llama-gqa", folder, 2);
        SequenceCache whole = fixture.model().newCache(4);
        SequenceCache half = new SequenceCache(List.of(whole.part(0), closed(fixture)))) {
      assertThrows(
          IllegalStateException.class,
          () -> fixture.model().extend(half, fixture.tokens(0, 0, 2)),
          "the memory of rank 1 is closed");
    }
  }

  private static KeyValueCache closed(FixtureModel fixture) {
    SequenceCache cache = fixture.model().newCache(4);
    cache.close();
    return cache.part(1);
  }
}
