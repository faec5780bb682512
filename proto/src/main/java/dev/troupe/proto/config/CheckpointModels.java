package dev.troupe.proto.config;

import dev.troupe.proto.spec.ModelSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Knows the models of checkpoints. */
@FunctionalInterface
public interface CheckpointModels {
  /** Knows none. */
  CheckpointModels NONE = from -> Optional.empty();

  /**
   * The model of what {@code checkpoint.from} names.
   *
   * @return nothing where that cannot be told
   */
  Optional<Known> of(String from);

  /**
   * What a checkpoint says.
   *
   * @param model its model
   * @param tokenizer its {@code data.tokenizer}
   * @param bos its {@code data.bos}
   * @param eos its {@code data.eos}
   */
  record Known(ModelSpec model, String tokenizer, @Nullable String bos, @Nullable String eos) {}
}
