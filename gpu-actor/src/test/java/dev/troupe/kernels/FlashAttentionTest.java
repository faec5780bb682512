package dev.troupe.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AttentionTrial.Case;
import dev.troupe.kernels.AttentionTrial.Gradients;
import dev.troupe.proto.error.TroupeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The GPU's tensor-core kernels, a case at least for each of their head sizes: lengths around their
 * tiles of 32, 64 and 128 rows, heads in groups, caches.
 */
class FlashAttentionTest {
  private final TestDevice device = TestDevice.emulatedGpu();

  @AfterEach
  void close() {
    device.close();
  }

  private static Case bf16(AttentionShape shape, int capacity) {
    return new Case(DataType.BFLOAT16, shape, capacity);
  }

  static List<Case> cases() {
    return List.of(
        bf16(new AttentionShape(1, 1, 1, 1, 1, 64), 1),
        bf16(new AttentionShape(2, 13, 13, 4, 1, 32), 13),
        bf16(new AttentionShape(1, 150, 150, 2, 2, 32), 150),
        bf16(new AttentionShape(2, 65, 65, 4, 2, 64), 65),
        bf16(new AttentionShape(1, 130, 130, 1, 1, 64), 130),
        bf16(new AttentionShape(1, 5, 200, 2, 1, 64), 203),
        bf16(new AttentionShape(1, 70, 70, 2, 1, 80), 70),
        bf16(new AttentionShape(2, 13, 75, 2, 2, 80), 80),
        bf16(new AttentionShape(1, 65, 65, 2, 1, 96), 65),
        bf16(new AttentionShape(1, 130, 130, 1, 1, 128), 130),
        bf16(new AttentionShape(2, 1, 67, 4, 1, 128), 70),
        bf16(new AttentionShape(1, 33, 129, 2, 1, 128), 129),
        bf16(new AttentionShape(1, 65, 66, 2, 1, 256), 70));
  }

  static List<Case> documents() {
    List<Case> cases = new ArrayList<>(cases());
    for (int headDim : new int[] {32, 64, 80, 96, 128, 256}) {
      cases.add(bf16(new AttentionShape(2, 301, 301, 2, 1, headDim), 301));
    }
    return cases.stream().map(Case::withDocuments).toList();
  }

  @ParameterizedTest
  @MethodSource({"cases", "documents"})
  void forwardMeetsTheReference(Case c) {
    new AttentionTrial(device, c, true).forwardMeetsTheReference();
  }

  @ParameterizedTest
  @MethodSource({"cases", "documents"})
  void backwardMeetsTheReference(Case c) {
    new AttentionTrial(device, c, true).backwardMeetsTheReference();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesTheSameBitsAgain(Case c) {
    AttentionTrial trial = new AttentionTrial(device, c, true);
    assertArrayEquals(trial.forward().data(), trial.forward().data());
    Gradients first = trial.backward();
    Gradients second = trial.backward();
    same(first.dq(), second.dq());
    same(first.dk(), second.dk());
    same(first.dv(), second.dv());
  }

  private void same(Framed a, Framed b) {
    assertArrayEquals(device.read(a.whole()).data(), device.read(b.whole()).data());
  }

  /** Rows of a cache beyond its keys may hold anything, NaN too. */
  @Test
  void readsAndWritesNoKeysBeyondTheLength() {
    AttentionTrial trial =
        new AttentionTrial(device, bf16(new AttentionShape(1, 40, 70, 2, 1, 64), 90), true);
    Matrix nothing = Matrix.zeros(20, 64).map(x -> Double.NaN);
    device.write(trial.keys().rows(70, 20), nothing);
    device.write(trial.values().rows(70, 20), nothing);
    assertFalse(Arrays.stream(trial.forward().data()).anyMatch(Double::isNaN));
    Gradients gradients = trial.backward();
    for (Framed gradient : List.of(gradients.dq(), gradients.dk(), gradients.dv())) {
      assertFalse(Arrays.stream(device.read(gradient.view()).data()).anyMatch(Double::isNaN));
    }
    Matrix before = device.read(device.tensor(DataType.BFLOAT16, Matrix.normal(90, 64, 6)));
    Matrix after = device.read(gradients.dk().view());
    assertArrayEquals(before.rows(70, 20).data(), after.rows(70, 20).data());
  }

  /** Both meet the reference; tensor cores alone take weights that are rounded to bfloat16. */
  @Test
  void rowsThatAreNotAlignedTakeOtherKernels() {
    Case c = bf16(new AttentionShape(1, 40, 40, 2, 1, 64), 40);
    AttentionTrial plain = new AttentionTrial(device, c, false);
    plain.forwardMeetsTheReference();
    plain.backwardMeetsTheReference();
    double[] flash = new AttentionTrial(device, c, true).forward().data();
    assertFalse(Arrays.equals(plain.forward().data(), flash));
  }

  @Test
  void float32TakesHeadsOfAnySizeUpToALimit() {
    Case widest = new Case(DataType.FLOAT32, new AttentionShape(1, 18, 18, 1, 1, 416));
    new AttentionTrial(device, widest, true).backwardMeetsTheReference();
    Case tooWide = new Case(DataType.FLOAT32, new AttentionShape(1, 2, 2, 1, 1, 424));
    AttentionTrial trial = new AttentionTrial(device, tooWide, true);
    TroupeException refused = assertThrows(TroupeException.class, trial::forward);
    assertTrue(refused.toString().contains("424"), refused::toString);
  }

  @Test
  void float32OfTheModelsSizesMeetsTheReference() {
    for (int headDim : new int[] {16, 64, 128}) {
      Case c = new Case(DataType.FLOAT32, new AttentionShape(2, 33, 35, 4, 1, headDim), 37);
      AttentionTrial trial = new AttentionTrial(device, c, true);
      trial.forwardMeetsTheReference();
      trial.backwardMeetsTheReference();
    }
  }
}
