package dev.troupe.huggingface;

import dev.troupe.proto.spec.ModelSpec;

/**
 * What a {@code config.json} says of a model.
 *
 * @param model the model; where its attention slides, its longest sequence is the window, up to
 *     which sliding makes no difference
 * @param positions its longest sequence without regard to a window
 */
record ModelConfig(ModelSpec model, int positions) {
  /** Whether the longest sequence was shortened to a window. */
  boolean shortened() {
    return model.maxSeq() < positions;
  }
}
