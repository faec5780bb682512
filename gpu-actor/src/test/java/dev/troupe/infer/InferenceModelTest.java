package dev.troupe.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.kernels.Close;
import dev.troupe.kernels.Matrix;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loaded models against PyTorch's logits and loss. */
class InferenceModelTest {
  private static final int FIRST = 5;
  private static final int SINGLE = 9;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"llama-gqa,0", "llama-gqa,27", "llama-tied,0", "llama-tied,100"})
  void aCacheThatGrowsInUnevenPiecesGivesPyTorchsLogits(String name, int spare) {
    try (FixtureModel fixture = new FixtureModel(name, folder)) {
      for (int s = 0; s < fixture.sequences(); s++) {
        try (SequenceCache cache = fixture.model().newCache(fixture.length() + spare)) {
          extend(fixture, cache, s, FIRST);
          for (int i = 0; i < SINGLE; i++) {
            extend(fixture, cache, s, 1);
          }
          extend(fixture, cache, s, fixture.length() - cache.length());
          assertEquals(fixture.length(), cache.length());
        }
      }
    }
  }

  private static void extend(FixtureModel fixture, SequenceCache cache, int sequence, int count) {
    int from = cache.length();
    int[] tokens = fixture.tokens(sequence, from, from + count);
    float[] logits = fixture.model().extend(cache, tokens);
    Matrix actual = Matrix.zeros(1, logits.length);
    for (int i = 0; i < logits.length; i++) {
      actual.set(0, i, logits[i]);
    }
    int last = from + count - 1;
    Close.norm("logits after position " + last, fixture.logits(sequence, last), actual, 1e-5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-gqa", "llama-tied"})
  void lossesHavePyTorchsMean(String name) {
    try (FixtureModel fixture = new FixtureModel(name, folder)) {
      float[] losses =
          fixture
              .model()
              .losses(fixture.inputs(), fixture.targets(), fixture.sequences(), fixture.length());
      double sum = 0;
      for (float loss : losses) {
        sum += loss;
      }
      assertEquals(fixture.loss(), sum / losses.length, 1e-6 * fixture.loss());
    }
  }

  @Test
  void aLossDoesNotDependOnTheSequencesBesideIt() {
    try (FixtureModel fixture = new FixtureModel("llama-gqa", folder)) {
      int length = fixture.length();
      float[] all =
          fixture.model().losses(fixture.inputs(), fixture.targets(), fixture.sequences(), length);
      float[] alone = fixture.model().losses(fixture.inputs(), fixture.targets(), 1, length);
      for (int i = 0; i < length; i++) {
        assertEquals(alone[i], all[i], 1e-6 * alone[i], "position " + i);
      }
    }
  }

  @Test
  void refusesMoreTokensThanACacheHasRoomFor() {
    try (FixtureModel fixture = new FixtureModel("llama-tied", folder);
        SequenceCache cache = fixture.model().newCache(4)) {
      int[] five = fixture.tokens(0, 0, 5);
      assertThrows(IndexOutOfBoundsException.class, () -> fixture.model().extend(cache, five));
    }
  }
}
