package dev.troupe.train;

import dev.troupe.data.random.SplitMix64;
import dev.troupe.data.tokenizer.StreamingDecoder;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.infer.Sampling;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.SamplesSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What a model continues while it is trained, and how. What is written for a prompt depends on the
 * weights, the prompt, its place and the seed alone. Immutable; may be shared by threads.
 */
public final class SamplePrompts {
  /** All texts of a step travel in one message. */
  private static final int LONGEST_TEXT = 4_000;

  /** Appends tokens to the sequence and gives the logits of the one that follows. */
  @FunctionalInterface
  interface Continuation {
    float[] extend(int[] tokens);
  }

  private final List<int[]> prompts;
  private final Tokenizer tokenizer;
  private final SamplesSpec spec;
  private final int positions;

  private SamplePrompts(List<int[]> prompts, Tokenizer tokenizer, SamplesSpec spec, int positions) {
    this.prompts = List.copyOf(prompts);
    this.tokenizer = tokenizer;
    this.spec = spec;
    this.positions = positions;
  }

  /**
   * The prompts of a job; empty where it wants none.
   *
   * @throws TroupeException (usage) naming a prompt that leaves no room in a sequence
   */
  public static Optional<SamplePrompts> of(Tokenizer tokenizer, JobSpec job) {
    SamplesSpec spec = job.samples();
    if (spec.every() == 0) {
      return Optional.empty();
    }
    int positions = job.train().seqLength();
    List<int[]> prompts = new ArrayList<>();
    for (String prompt : spec.prompts()) {
      int[] ids = tokenizer.encodePrompt(prompt);
      if (ids.length == 0 || ids.length >= positions) {
        throw TroupeException.usage(
            "%s has %d tokens, which leaves no room in train.seq-length = %d; shorten it"
                .formatted(SamplesSpec.promptKey(prompts.size()), ids.length, positions));
      }
      prompts.add(ids);
    }
    return Optional.of(new SamplePrompts(prompts, tokenizer, spec, positions));
  }

  /**
   * Checks the prompts of a job before anything is started.
   *
   * @throws TroupeException (usage) naming a prompt that leaves no room in a sequence
   */
  public static void check(Tokenizer tokenizer, JobSpec job) {
    of(tokenizer, job);
  }

  /** How many there are. */
  int count() {
    return prompts.size();
  }

  /** What a model adds to a prompt, until the document ends or there is enough. */
  String text(int index, Continuation model) {
    int[] next = prompts.get(index);
    int limit = Math.min(spec.maxTokens(), positions - next.length);
    Sampling sampling = new Sampling(spec.temperature(), 0, 1);
    SplittableRandom random = new SplittableRandom(SplitMix64.key(spec.seed(), index));
    StreamingDecoder decoder = StreamingDecoder.goingOn(tokenizer);
    StringBuilder text = new StringBuilder();
    for (int given = 0; given < limit && text.length() < LONGEST_TEXT; given++) {
      float[] logits = model.extend(next);
      int known = Math.min(logits.length, tokenizer.vocabSize()); // the model's may have more
      int token = sampling.choose(logits, known, random);
      if (token == tokenizer.endOfDocument()) {
        break;
      }
      text.append(decoder.accept(token));
      next = new int[] {token};
    }
    return text.append(decoder.finish()).toString();
  }
}
