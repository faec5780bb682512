package dev.troupe.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.data.tokenizer.ByteTokenizer;
import dev.troupe.eval.TaskScore.Accuracy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskScoreTest {
  private static ChoiceScore answered(int answer, List<String> choices, double... likelihoods) {
    return new ChoiceScore(new ChoiceItem(1, "q", choices, answer), likelihoods);
  }

  @Test
  void theLengthIsInCharactersNotInBytesNorInUtf16() {
    List<String> choices = List.of("abc", "日本", "😀");
    // A character: -0.9, -0.95, -1.5; a byte: the second; a UTF-16 unit: the third.
    ChoiceScore score = answered(0, choices, -2.7, -1.9, -1.5);
    assertFalse(score.right());
    assertTrue(score.rightByLength());
    assertTrue(answered(2, choices, -2.7, -1.9, -1.5).right());
  }

  @Test
  void ofEqualsTheFirstCounts() {
    List<String> same = List.of("x", "x", "y");
    assertTrue(answered(0, same, -2, -2, -3).right());
    assertFalse(answered(1, same, -2, -2, -3).right());
    assertTrue(answered(0, same, -2, -2, -3).rightByLength());
    assertFalse(answered(1, same, -2, -2, -3).rightByLength());
  }

  @Test
  void theErrorIsThatOfTheMean() {
    List<String> choices = List.of("a", "bb");
    TaskScore score =
        new TaskScore(
            "t",
            0,
            0,
            List.of(
                answered(0, choices, -1, -1.5),
                answered(1, choices, -1, -3),
                answered(1, choices, -1, -1.5),
                answered(1, choices, -2, -1)));
    // The sample 1, 0, 0, 1 has the variance 1/3; the mean's is 1/3 of 1/4.
    assertEquals(0.5, score.accuracy().mean());
    assertEquals(Math.sqrt(1.0 / 12), score.accuracy().standardError(), 1e-15);
    // By length: 0, 0, 1, 1.
    assertEquals(0.5, score.accuracyByLength().mean());
    Accuracy one = new TaskScore("t", 0, 0, score.items().subList(0, 1)).accuracy();
    assertEquals(1, one.mean());
    assertTrue(Double.isNaN(one.standardError()));
  }

  /** A model to which a token's loss is its id in hundreds. */
  private static float[] losses(int[] inputs, int[] targets, int sequences, int length) {
    float[] losses = new float[targets.length];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = targets[i] / 100f;
    }
    return losses;
  }

  @Test
  void aTaskHasTheLikelihoodsOfItsChoicesInTheirOrder() {
    List<ChoiceItem> items = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      List<String> choices = List.of("b".repeat(i + 1), "a", "aa");
      items.add(new ChoiceItem(i, "a-question".substring(0, i + 1), choices, 1));
    }
    ChoicePrompts prompts = new ChoicePrompts(new ByteTokenizer(), "", 14);
    ChoiceTask task = ChoiceTask.of("t", "t.jsonl", new FewShot(List.of(), items), prompts);
    assertEquals(14, task.longest());
    List<Long> heard = new ArrayList<>();
    TaskScore score = task.score(List.of(TaskScoreTest::losses), 30, heard::add);
    assertEquals(27, heard.getLast());
    assertEquals(2, score.cut());
    for (int i = 0; i < 9; i++) {
      double[] likelihoods = score.items().get(i).logLikelihoods();
      assertEquals(-0.32 - 0.98 * (i + 1), likelihoods[0], 1e-5);
      assertEquals(-0.32 - 0.97, likelihoods[1], 1e-5);
      assertEquals(-0.32 - 1.94, likelihoods[2], 1e-5);
    }
    assertEquals(1, score.accuracy().mean());
  }

  @Test
  void aBlendIsWeightedByTokens() {
    BlendLoss blend =
        new BlendLoss(
            List.of(
                new BlendLoss.Part(3, new TextLoss("a", 100, 400, 200)),
                new BlendLoss.Part(1, new TextLoss("b", 10, 20, 60))));
    assertEquals((3 * 2.0 + 6.0) / 4, blend.loss(), 1e-15);
    assertEquals(Math.exp(3), blend.perplexity(), 1e-12);
    // A token of it is 0.75 * 4 + 0.25 * 2 bytes.
    assertEquals(3 / Math.log(2) / 3.5, blend.bitsPerByte(), 1e-15);
  }
}
