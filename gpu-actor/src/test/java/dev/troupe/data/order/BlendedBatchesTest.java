package dev.troupe.data.order;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.troupe.data.stream.BlendPart;
import dev.troupe.data.testing.ArrayStream;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.spec.DataOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlendedBatchesTest {
  private static final int SEQ = 4;
  private static final int BATCH = 8;

  /** Ids tell of the source: thousands; and of the place in it: the rest. */
  private static BlendPart part(String name, int thousands, double weight, double epochs, int n) {
    int[] ids = IntStream.range(0, n * SEQ + 1).map(i -> thousands * 1000 + i).toArray();
    return new BlendPart(name, weight, epochs, new ArrayStream(ids));
  }

  private static final List<BlendPart> PARTS =
      List.of(
          part("web", 1, 0.625, 0, 100),
          part("wiki", 2, 0.25, 0, 10),
          part("arxiv", 3, 0.125, 0, 30));

  private static BlendedBatches training(DataOrder order) {
    return BlendedBatches.training(PARTS, order, 7, SEQ, BATCH);
  }

  @Test
  void aBatchIsTheSameHoweverItIsCutOverRanks() {
    BlendedBatches batches = training(DataOrder.SHUFFLED);
    for (int step : new int[] {1, 2, 17, 1000}) {
      int[] whole = new int[BATCH * SEQ];
      int[] targets = new int[BATCH * SEQ];
      batches.fill(step, 0, BATCH, whole, targets);
      for (int dp : new int[] {1, 2, 4, 8}) {
        int rows = BATCH / dp;
        for (int rank = 0; rank < dp; rank++) {
          int[] part = new int[rows * SEQ];
          int[] partTargets = new int[rows * SEQ];
          training(DataOrder.SHUFFLED).fill(step, rank * rows, rows, part, partTargets);
          int from = rank * rows * SEQ;
          assertArrayEquals(Arrays.copyOfRange(whole, from, from + rows * SEQ), part);
          assertArrayEquals(Arrays.copyOfRange(targets, from, from + rows * SEQ), partTargets);
        }
      }
      for (int row = 0; row < BATCH; row++) {
        assertEquals(whole[row * SEQ] / 1000 - 1, batches.source(step, row));
        assertEquals(whole[row * SEQ] + 1, targets[row * SEQ]);
      }
    }
  }

  /** Documents of three tokens in every source. */
  @Test
  void firstKeysAreThoseOfEachSequencesSource() {
    List<BlendPart> parts =
        PARTS.stream()
            .map(
                part -> {
                  int[] ids = new int[(int) part.stream().tokens()];
                  part.stream().read(0, ids.length, ids, 0);
                  return part.with(
                      new ArrayStream(
                          IntStream.range(0, (ids.length + 2) / 3)
                              .mapToObj(
                                  d ->
                                      Arrays.copyOfRange(
                                          ids, 3 * d, Math.min(ids.length, 3 * d + 3)))
                              .toArray(int[][]::new)));
                })
            .toList();
    BlendedBatches batches = BlendedBatches.training(parts, DataOrder.SHUFFLED, 7, SEQ, BATCH);
    int[] inputs = new int[BATCH * SEQ];
    int[] firstKeys = new int[BATCH * SEQ];
    batches.fill(17, 0, BATCH, inputs, new int[BATCH * SEQ]);
    batches.firstKeys(17, 0, BATCH, firstKeys);
    for (int i = 0; i < inputs.length; i++) {
      assertEquals(Math.max(0, i % SEQ - inputs[i] % 1000 % 3), firstKeys[i], "token " + i);
    }
  }

  @Test
  void eachSourceIsReadOnceBeforeItIsReadAgainAndThenInAnotherOrder() {
    BlendedBatches batches = training(DataOrder.SHUFFLED);
    // Wiki has ten samples and gets two of each batch: an epoch is five steps.
    List<Integer> first = wiki(batches, 1, 5);
    List<Integer> second = wiki(batches, 6, 10);
    Set<Integer> all = new TreeSet<>();
    IntStream.range(0, 10).forEach(i -> all.add(2000 + i * SEQ));
    assertEquals(all, new TreeSet<>(first));
    assertEquals(all, new TreeSet<>(second));
    assertNotEquals(first, second);
    assertEquals(List.copyOf(all), wiki(training(DataOrder.SEQUENTIAL), 1, 5));
  }

  private static List<Integer> wiki(BlendedBatches batches, int from, int to) {
    return IntStream.rangeClosed(from, to)
        .flatMap(
            step -> {
              int[] inputs = new int[BATCH * SEQ];
              batches.fill(step, 0, BATCH, inputs, new int[BATCH * SEQ]);
              return IntStream.range(0, BATCH).map(row -> inputs[row * SEQ]);
            })
        .filter(id -> id / 1000 == 2)
        .boxed()
        .toList();
  }

  @Test
  void aSourceIsReadNoOftenerThanItMayBe() {
    List<BlendPart> parts = List.of(part("web", 1, 3, 0, 100), part("wiki", 2, 1, 1.5, 10));
    BlendedBatches batches = BlendedBatches.training(parts, DataOrder.SHUFFLED, 1, SEQ, 4);
    batches.requireEpochs(15);
    assertFails(
        Category.USAGE,
        () -> batches.requireEpochs(16),
        "source wiki 1.600 times",
        "epochs is 1.5");
  }

  @Test
  void validationTakesNoSampleTwice() {
    BlendedBatches batches = BlendedBatches.validation(PARTS, SEQ, 1000);
    // Wiki's ten samples are a quarter of forty; its eleventh would be the next of them.
    int[] inputs = new int[batches.globalBatch() * SEQ];
    batches.fill(1, 0, batches.globalBatch(), inputs, new int[inputs.length]);
    long distinct = Arrays.stream(inputs).distinct().count();
    assertEquals(inputs.length, distinct);
    assertEquals(40, batches.globalBatch(), 3);
    assertEquals(16, BlendedBatches.validation(PARTS, SEQ, 16).globalBatch());
  }

  @Test
  void namesTheSourceThatIsTooShort() {
    List<BlendPart> parts = List.of(part("web", 1, 1, 0, 9), part("wiki", 2, 1, 0, 0));
    assertFails(
        Category.DATA,
        () -> BlendedBatches.training(parts, DataOrder.SHUFFLED, 1, SEQ, 4),
        "has 1 tokens");
  }
}
