package dev.troupe.infer;

import java.util.Arrays;
import java.util.SplittableRandom;

/** One sequence of a {@link DecodingBatch}: what it is fed next and what it has given. */
final class RunningSequence implements AutoCloseable {
  private final Continuation continuation;
  private final TokenListener listener;
  private final SequenceCache cache;
  private final SplittableRandom random;
  private final int limit;

  /** What the model has not seen yet: the rest of the prompt, then the last token given. */
  private int[] next;

  private int given;

  /**
   * A sequence at the beginning of its prompt.
   *
   * @param cache room for all of it; owned by the sequence from now on
   * @param limit most tokens to give
   */
  RunningSequence(
      Continuation continuation, TokenListener listener, SequenceCache cache, int limit) {
    this.continuation = continuation;
    this.listener = listener;
    this.cache = cache;
    this.random = continuation.random();
    this.limit = limit;
    this.next = continuation.prompt();
  }

  boolean wanted() {
    return listener.wanted();
  }

  /** Tokens that wait to be fed. */
  int waiting() {
    return next.length;
  }

  /** Takes the next tokens to feed. */
  InferenceModel.Extension feed(int count) {
    int[] part = Arrays.copyOf(next, count);
    next = Arrays.copyOfRange(next, count, next.length);
    return new InferenceModel.Extension(cache, part);
  }

  /**
   * Goes on after a step.
   *
   * @param logits what follows the tokens that were fed last
   * @param known ids from here on are never chosen
   * @return whether the sequence goes on
   */
  boolean goOn(float[] logits, int known) {
    if (next.length > 0) { // still in its prompt
      return true;
    }
    int token = continuation.sampling().choose(logits, known, random);
    given++;
    if (!listener.accept(token)) {
      listener.ended(FinishReason.STOP);
      return false;
    }
    if (given == limit) {
      listener.ended(FinishReason.LENGTH);
      return false;
    }
    next = new int[] {token};
    return true;
  }

  @Override
  public void close() {
    cache.close();
  }
}
