package dev.troupe.eval;

import dev.troupe.proto.error.TroupeException;
import java.util.List;

/**
 * Passages that a model takes in one pass. Shorter ones are filled up at their ends, which changes
 * nothing for what comes before.
 *
 * @param number of the batch, from 0
 * @param passages with their places among all
 */
record Batch(long number, List<Placed> passages) {
  /** A passage and its place among all, from 0. */
  record Placed(long place, Passage passage) {
    int inputs() {
      return passage.inputs();
    }
  }

  Batch {
    passages = List.copyOf(passages);
  }

  /** Nats of each passage's scored tokens, summed in their order. */
  double[] nats(LossModel model) {
    int count = passages.size();
    int length = passages.stream().mapToInt(Placed::inputs).max().orElseThrow();
    int[] inputs = new int[count * length];
    int[] targets = new int[count * length];
    for (int i = 0; i < count; i++) {
      int[] tokens = passages.get(i).passage().tokens();
      System.arraycopy(tokens, 0, inputs, i * length, tokens.length - 1);
      System.arraycopy(tokens, 1, targets, i * length, tokens.length - 1);
    }
    float[] losses = model.losses(inputs, targets, count, length);
    double[] nats = new double[count];
    for (int i = 0; i < count; i++) {
      nats[i] = sum(losses, i * length, passages.get(i).passage());
    }
    return nats;
  }

  private static double sum(float[] losses, int at, Passage passage) {
    int end = at + passage.inputs();
    double sum = 0;
    for (int i = end - passage.scored(); i < end; i++) {
      sum += losses[i];
    }
    if (!Double.isFinite(sum)) {
      throw TroupeException.data(
          "the model's loss is %s: its weights are damaged, or its training diverged; take an earlier checkpoint"
              .formatted(sum));
    }
    return sum;
  }
}
