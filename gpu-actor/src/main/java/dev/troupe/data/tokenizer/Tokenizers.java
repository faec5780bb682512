package dev.troupe.data.tokenizer;

import dev.troupe.proto.error.TroupeException;

/** Finds tokenizers by name. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * Opens the tokenizer that {@code data.tokenizer} names.
   *
   * @throws TroupeException (usage) if there is none of that name
   */
  public static Tokenizer open(String name) {
    if (name.equals(ByteTokenizer.NAME)) {
      return new ByteTokenizer();
    }
    throw TroupeException.usage(
        "data.tokenizer: there is no tokenizer \"%s\"; available: %s"
            .formatted(name, ByteTokenizer.NAME));
  }
}
