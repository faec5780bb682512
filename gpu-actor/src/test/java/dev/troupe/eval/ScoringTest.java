package dev.troupe.eval;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ScoringTest {
  private static final int ROWS = 64;

  private record Result(long place, double nats) {}

  /** A loss that depends on all that comes before. */
  private static float[] losses(int[] inputs, int[] targets, int sequences, int length) {
    assertTrue(sequences * length <= ROWS);
    float[] losses = new float[sequences * length];
    for (int s = 0; s < sequences; s++) {
      int seen = 17;
      for (int i = s * length; i < (s + 1) * length; i++) {
        seen = 31 * seen + inputs[i];
        losses[i] = ((31 * seen + targets[i]) & 0xFFFF) / 7919f;
      }
    }
    return losses;
  }

  private static double nats(Passage passage) {
    int[] tokens = passage.tokens();
    int[] inputs = Arrays.copyOf(tokens, passage.inputs());
    int[] targets = Arrays.copyOfRange(tokens, 1, tokens.length);
    float[] losses = losses(inputs, targets, 1, inputs.length);
    double sum = 0;
    for (int i = losses.length - passage.scored(); i < losses.length; i++) {
      sum += losses[i];
    }
    return sum;
  }

  private static List<Passage> passages(int count) {
    SplittableRandom random = new SplittableRandom(5);
    List<Passage> passages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] tokens = random.ints(random.nextInt(2, ROWS + 2), 0, 100).toArray();
      passages.add(new Passage(tokens, random.nextInt(1, tokens.length)));
    }
    return passages;
  }

  private static List<Result> run(List<? extends LossModel> replicas, List<Passage> passages) {
    List<Result> results = new ArrayList<>();
    Scoring.run(
        replicas,
        passages.iterator(),
        ROWS,
        (place, passage, nats) -> results.add(new Result(place, nats)));
    return results;
  }

  @Test
  void everyPassageIsScoredWithWhatComesBeforeIt() {
    List<Passage> passages = passages(700);
    double[] found = new double[passages.size()];
    List<Result> results = run(List.of(ScoringTest::losses), passages);
    assertEquals(passages.size(), results.size());
    results.forEach(result -> found[(int) result.place()] += result.nats());
    for (int i = 0; i < found.length; i++) {
      assertEquals(nats(passages.get(i)), found[i]);
    }
  }

  @Test
  void resultsComeInTheSameOrderFromAnyNumberOfReplicas() {
    List<Passage> passages = passages(600);
    List<Result> expected = run(List.of(ScoringTest::losses), passages);
    for (int replicas : new int[] {2, 5}) {
      LossModel quick = ScoringTest::losses;
      List<LossModel> models = new ArrayList<>(Collections.nCopies(replicas - 1, quick));
      models.addFirst(late(models));
      assertEquals(expected, run(models, passages));
    }
  }

  /** A replica that ends its first batch after another has ended three. */
  private static LossModel late(List<LossModel> others) {
    CountDownLatch three = new CountDownLatch(3);
    others.replaceAll(
        model ->
            (inputs, targets, sequences, length) -> {
              three.countDown();
              return model.losses(inputs, targets, sequences, length);
            });
    return (inputs, targets, sequences, length) -> {
      try {
        assertTrue(three.await(20, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return losses(inputs, targets, sequences, length);
    };
  }

  @Test
  @Timeout(60)
  void aReplicaThatFailsEndsTheOthers() {
    TroupeException failure = TroupeException.data("the disk is gone");
    LossModel failing =
        (inputs, targets, sequences, length) -> {
          throw failure;
        };
    Iterator<Passage> endless =
        Stream.generate(() -> new Passage(new int[] {1, 2, 3}, 2)).iterator();
    List<LossModel> models = List.of(ScoringTest::losses, failing);
    TroupeException thrown =
        assertThrows(
            TroupeException.class,
            () -> Scoring.run(models, endless, ROWS, (place, passage, nats) -> {}));
    assertEquals(failure, thrown);
  }

  @Test
  void anInterruptedScoringHasNoResult() {
    Thread.currentThread().interrupt();
    assertThrows(IllegalStateException.class, () -> run(List.of(ScoringTest::losses), passages(3)));
    assertTrue(Thread.interrupted());
  }

  @Test
  void aModelWithoutALossIsRefused() {
    LossModel diverged = (inputs, targets, sequences, length) -> infinite(sequences * length);
    assertFails(
        Category.DATA, () -> run(List.of(diverged), passages(3)), "Infinity", "earlier checkpoint");
  }

  private static float[] infinite(int count) {
    float[] values = new float[count];
    Arrays.fill(values, Float.POSITIVE_INFINITY);
    return values;
  }

  @Test
  void aTextIsTheSumOfItsPassages() {
    List<Passage> passages = passages(50);
    Iterator<Passage> each = passages.iterator();
    TextPassages text =
        new TextPassages() {
          @Override
          public long targets() {
            return passages.stream().mapToLong(Passage::scored).sum();
          }

          @Override
          public long bytes() {
            return 1000;
          }

          @Override
          public boolean hasNext() {
            return each.hasNext();
          }

          @Override
          public Passage next() {
            return each.next();
          }
        };
    List<Long> heard = new ArrayList<>();
    TextLoss loss = TextScoring.of("it", text, List.of(ScoringTest::losses), ROWS, heard::add);
    assertEquals(text.targets(), loss.tokens());
    assertEquals(text.targets(), heard.getLast());
    assertEquals(passages.stream().mapToDouble(ScoringTest::nats).sum(), loss.nats(), 1e-6);
    assertEquals(loss.nats() / loss.tokens(), loss.loss());
    assertEquals(Math.exp(loss.loss()), loss.perplexity());
    assertEquals(loss.nats() / Math.log(2) / 1000, loss.bitsPerByte(), 1e-12);
  }
}
