package dev.troupe.deploy.bench;

import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.TokenSource;
import java.util.SplittableRandom;

/**
 * The same batch of random tokens at every step: the loss then falls, which shows that a step
 * works. Documents have {@value #DOCUMENT} tokens each, which matters where the job has a document
 * mask.
 *
 * @param seed of the tokens
 * @param vocab number of ids
 * @param length tokens a sequence
 */
record RandomTokens(long seed, int vocab, int length) implements TokenSource {
  private static final int DOCUMENT = 64;

  /** Of a job's seed and sizes. */
  static RandomTokens of(JobSpec job) {
    return new RandomTokens(job.seed(), job.model().vocab(), job.train().seqLength());
  }

  @Override
  public void fill(long step, int firstSequence, int sequences, int[] inputs, int[] targets) {
    for (int s = 0; s < sequences; s++) {
      SplittableRandom random = new SplittableRandom(seed + firstSequence + s);
      int previous = random.nextInt(vocab);
      for (int t = 0; t < length; t++) {
        inputs[s * length + t] = previous;
        previous = random.nextInt(vocab);
        targets[s * length + t] = previous;
      }
    }
  }

  @Override
  public void firstKeys(long step, int firstSequence, int sequences, int[] firstKeys) {
    for (int i = 0; i < sequences * length; i++) {
      firstKeys[i] = i % length / DOCUMENT * DOCUMENT;
    }
  }
}
