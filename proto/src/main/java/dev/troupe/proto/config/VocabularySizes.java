package dev.troupe.proto.config;

import dev.troupe.proto.spec.DataSpec;
import java.util.OptionalInt;

/** Knows how many ids tokenizers have; needed where {@code model.vocab} follows the tokenizer. */
@FunctionalInterface
public interface VocabularySizes {
  /** Knows the built-in tokenizer: 256 bytes and the end of a document. */
  VocabularySizes BUILT_IN =
      data -> data.tokenizer().equals("bytes") ? OptionalInt.of(257) : OptionalInt.empty();

  /**
   * The number of ids of the tokenizer of {@code data}; nothing where it is not known here.
   *
   * @throws dev.troupe.proto.error.TroupeException where the tokenizer cannot be opened
   */
  OptionalInt of(DataSpec data);
}
