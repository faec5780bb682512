package dev.troupe.infer;

import dev.troupe.proto.error.TroupeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sequences that go on together, each with its own cache: a step gives every one of them its next
 * token, or feeds a part of its prompt. They come and go between steps (Yu et al. 2022, "Orca");
 * prompts are fed in chunks beside the others' tokens, so that a long one does not keep them
 * waiting (Agrawal et al. 2024, "Sarathi-Serve").
 *
 * <p>What a sequence gives depends on its continuation alone, but for rounding: see {@link
 * InferenceModel#extend(List)}.
 *
 * <p>Owns the caches, not the model. One thread at a time.
 */
public final class DecodingBatch implements AutoCloseable {
  private final InferenceModel model;
  private final int known;
  private final List<RunningSequence> running = new ArrayList<>();

  /**
   * An empty batch.
   *
   * @param vocab ids from here on are never chosen: padding of the model's vocabulary that the
   *     tokenizer does not know
   */
  public DecodingBatch(InferenceModel model, int vocab) {
    this.model = model;
    this.known = Math.min(vocab, model.spec().vocab());
  }

  /** Sequences under way. */
  public int size() {
    return running.size();
  }

  /** Whether another sequence may enter. */
  public boolean hasRoom() {
    return running.size() < model.maxSequences();
  }

  /**
   * Refuses a prompt that the model cannot go on from.
   *
   * @throws TroupeException of category usage where it is empty, leaves no room for a token, or has
   *     a token that the model does not know
   */
  public static void requireUsable(InferenceModel model, int[] prompt) {
    int most = model.maxPositions() - 1;
    if (prompt.length == 0 || prompt.length > most) {
      throw TroupeException.usage(
          "the prompt has %d tokens; the model takes 1 to %d".formatted(prompt.length, most));
    }
    for (int token : prompt) {
      if (token < 0 || token >= model.spec().vocab()) {
        throw TroupeException.usage(
            "the prompt has token %d; the model knows 0 to %d"
                .formatted(token, model.spec().vocab() - 1));
      }
    }
  }

  /**
   * Lets a sequence enter. Its memory is taken here, so it never runs out of it later.
   *
   * @throws TroupeException of category usage where the prompt is not {@linkplain #requireUsable
   *     usable}, of category resource where memory does not suffice; nothing has changed then
   * @throws IllegalStateException where there is no {@linkplain #hasRoom room}
   */
  public void add(Continuation continuation, TokenListener listener) {
    if (!hasRoom()) {
      throw new IllegalStateException("the batch has its %d sequences".formatted(running.size()));
    }
    int[] prompt = continuation.prompt();
    requireUsable(model, prompt);
    int limit = Math.min(continuation.maxTokens(), model.maxPositions() - prompt.length);
    SequenceCache cache = model.newCache(prompt.length + limit);
    running.add(new RunningSequence(continuation, listener, cache, limit));
  }

  /** One step of all sequences, where there are any; those that have ended leave. */
  public void step() {
    leave(running.stream().filter(sequence -> !sequence.wanted()).toList());
    if (running.isEmpty()) {
      return;
    }
    List<InferenceModel.Extension> extensions = new ArrayList<>();
    int left = InferenceModel.CHUNK - running.size(); // beyond one token each
    for (RunningSequence sequence : running) {
      int more = Math.min(sequence.waiting() - 1, left);
      left -= more;
      extensions.add(sequence.feed(1 + more));
    }
    float[][] logits = model.extend(extensions);
    List<RunningSequence> ended = new ArrayList<>();
    for (int i = 0; i < logits.length; i++) {
      if (!running.get(i).goOn(logits[i], known)) {
        ended.add(running.get(i));
      }
    }
    leave(ended);
  }

  private void leave(List<RunningSequence> sequences) {
    running.removeAll(sequences);
    sequences.forEach(RunningSequence::close);
  }

  /** Ends all sequences without a word. */
  @Override
  public void close() {
    leave(List.copyOf(running));
  }
}
