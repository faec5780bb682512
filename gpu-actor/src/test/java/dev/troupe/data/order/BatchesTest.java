package dev.troupe.data.order;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.data.testing.ArrayStream;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.spec.DataOrder;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BatchesTest {
  private static final int SEQ = 4;
  private static final int BATCH = 6;

  @Test
  void targetsAreInputsShiftedByOne() {
    Batches batches = training(DataOrder.SEQUENTIAL, 25);
    int[] inputs = new int[2 * SEQ];
    int[] targets = new int[2 * SEQ];
    batches.fill(1, 1, 2, inputs, targets);
    assertArrayEquals(new int[] {4, 5, 6, 7, 8, 9, 10, 11}, inputs);
    assertArrayEquals(new int[] {5, 6, 7, 8, 9, 10, 11, 12}, targets);
  }

  @Test
  void stepsGoOnWhereTheLastEndedAndWrapAround() {
    Batches batches = training(DataOrder.SEQUENTIAL, 41);
    int[] inputs = new int[BATCH * SEQ];
    batches.fill(2, 0, BATCH, inputs, new int[BATCH * SEQ]);
    // Ten samples an epoch: step 2 has samples 6, 7, 8, 9, 0, 1.
    assertEquals(24, inputs[0]);
    assertEquals(0, inputs[4 * SEQ]);
  }

  @Test
  void samplesAreWhatFitsWithOneTokenForTheLastTarget() {
    assertEquals(1, Batches.samples(ArrayStream.counting(8), SEQ));
    assertEquals(2, Batches.samples(ArrayStream.counting(9), SEQ));
  }

  @Property(tries = 200)
  void batchIsTheSameHoweverItIsCut(
      @ForAll @IntRange(min = 1, max = 50) int step,
      @ForAll @IntRange(min = 0, max = BATCH) int cut,
      @ForAll @IntRange(min = 5, max = 300) int tokens) {
    Batches batches = training(DataOrder.SHUFFLED, tokens);
    int[] whole = new int[BATCH * SEQ];
    int[] wholeTargets = new int[BATCH * SEQ];
    batches.fill(step, 0, BATCH, whole, wholeTargets);
    int[] low = new int[cut * SEQ];
    int[] lowTargets = new int[cut * SEQ];
    batches.fill(step, 0, cut, low, lowTargets);
    int[] high = new int[(BATCH - cut) * SEQ];
    int[] highTargets = new int[(BATCH - cut) * SEQ];
    batches.fill(step, cut, BATCH - cut, high, highTargets);
    assertArrayEquals(Arrays.copyOf(whole, cut * SEQ), low);
    assertArrayEquals(Arrays.copyOf(wholeTargets, cut * SEQ), lowTargets);
    assertArrayEquals(Arrays.copyOfRange(whole, cut * SEQ, BATCH * SEQ), high);
    assertArrayEquals(Arrays.copyOfRange(wholeTargets, cut * SEQ, BATCH * SEQ), highTargets);
  }

  @Test
  void firstKeysAreWhereTheDocumentsOfTheInputsBegin() {
    ArrayStream stream =
        new ArrayStream(new int[] {1, 2, 3}, new int[0], new int[] {4}, new int[] {5, 6, 7, 8, 9});
    Batches batches = Batches.training(stream, DataOrder.SEQUENTIAL, 1, SEQ, 2);
    int[] firstKeys = new int[2 * SEQ];
    batches.firstKeys(1, 0, 2, firstKeys);
    assertArrayEquals(new int[] {0, 0, 0, 3, 0, 0, 0, 0}, firstKeys);
    batches.firstKeys(2, 1, 1, firstKeys);
    assertArrayEquals(new int[] {0, 0, 0, 0}, Arrays.copyOf(firstKeys, SEQ));
    assertThrows(IllegalArgumentException.class, () -> batches.firstKeys(0, 0, 1, firstKeys));
  }

  /** By the tokens: each is its document's number. */
  @Property(tries = 200)
  void firstKeysAreThoseOfTheInputsInEveryOrder(
      @ForAll @Size(min = 12, max = 30) List<@IntRange(min = 0, max = 9) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 20) int step) {
    int[][] documents = new int[lengths.size() + 1][];
    for (int d = 0; d < lengths.size(); d++) {
      documents[d] = filled(lengths.get(d), d);
    }
    documents[lengths.size()] = filled(SEQ + 1, lengths.size());
    Batches batches =
        Batches.training(new ArrayStream(documents), DataOrder.SHUFFLED, 7, SEQ, BATCH);
    int[] inputs = new int[BATCH * SEQ];
    int[] firstKeys = new int[BATCH * SEQ];
    batches.fill(step, 0, BATCH, inputs, new int[BATCH * SEQ]);
    batches.firstKeys(step, 0, BATCH, firstKeys);
    for (int i = 0; i < inputs.length; i++) {
      int row = i / SEQ * SEQ;
      int first = i;
      while (first > row && inputs[first - 1] == inputs[i]) {
        first--;
      }
      assertEquals(first - row, firstKeys[i], "token " + i);
    }
  }

  private static int[] filled(int length, int value) {
    int[] tokens = new int[length];
    Arrays.fill(tokens, value);
    return tokens;
  }

  @Test
  void validationIsTheFirstSamplesInOrder() {
    Batches batches = Batches.validation(ArrayStream.counting(100), SEQ, 3);
    assertEquals(3, batches.globalBatch());
    int[] inputs = new int[3 * SEQ];
    batches.fill(1, 0, 3, inputs, new int[3 * SEQ]);
    assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, inputs);
  }

  @Test
  void validationTakesWhatThereIsWhenDataIsShort() {
    assertEquals(2, Batches.validation(ArrayStream.counting(10), SEQ, 64).globalBatch());
  }

  @Test
  void shouldSayHowManyTokensAreNeededWhenThereAreTooFew() {
    assertFails(
        Category.DATA, () -> training(DataOrder.SEQUENTIAL, SEQ), "test data has 4 tokens", "= 5");
  }

  @Test
  void shouldRefuseSequencesOutsideTheBatch() {
    Batches batches = training(DataOrder.SEQUENTIAL, 100);
    int[] rows = new int[2 * SEQ];
    assertThrows(
        IndexOutOfBoundsException.class, () -> batches.fill(1, BATCH - 1, 2, rows, rows.clone()));
    assertThrows(IllegalArgumentException.class, () -> batches.fill(0, 0, 1, rows, rows.clone()));
  }

  private static Batches training(DataOrder order, int tokens) {
    return Batches.training(ArrayStream.counting(tokens), order, 3, SEQ, BATCH);
  }
}
