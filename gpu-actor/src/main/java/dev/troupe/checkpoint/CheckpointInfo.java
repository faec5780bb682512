package dev.troupe.checkpoint;

import dev.troupe.proto.spec.ModelSpec;

/**
 * What a checkpoint says of itself.
 *
 * @param step the committed step
 * @param epoch mesh epoch in which it was saved
 * @param model the model; its number of parameters is what the tensors must add up to
 * @param job the resolved job as text
 * @param tokenizer fingerprint of the tokenizer
 * @param tokens target tokens seen so far
 */
public record CheckpointInfo(
    long step, long epoch, ModelSpec model, String job, String tokenizer, long tokens) {
  /** Refuses negative numbers. */
  public CheckpointInfo {
    if (step < 0 || epoch < 0 || tokens < 0) {
      throw new IllegalArgumentException(
          "step %d, epoch %d and tokens %d must not be negative".formatted(step, epoch, tokens));
    }
  }
}
