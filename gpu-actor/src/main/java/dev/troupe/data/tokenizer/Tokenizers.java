package dev.troupe.data.tokenizer;

import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.DataSpec;
import org.jspecify.annotations.Nullable;

/** Finds tokenizers. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * Opens the tokenizer that a job's data have.
   *
   * @throws TroupeException as {@link #open(String, String, String)}
   */
  public static Tokenizer open(DataSpec data) {
    return open(data.tokenizer(), data.bos(), data.eos());
  }

  /** The same, with the tokens at a document's ends that its files say. */
  public static Tokenizer open(String name) {
    return open(name, null, null);
  }

  /**
   * Opens a tokenizer.
   *
   * @param name {@code bytes}, the path of a {@code tokenizer.json} or a SentencePiece {@code
   *     .model}, or a folder with one of them
   * @param bos the token that begins a document; "none": none; null: as its files say
   * @param eos the token that ends a document; null: as its files say
   * @throws TroupeException (usage) if there is none of that name, or its ends are not clear;
   *     (data) if its file cannot be used
   */
  public static Tokenizer open(String name, @Nullable String bos, @Nullable String eos) {
    if (name.equals(ByteTokenizer.NAME)) {
      if (bos != null || eos != null) {
        throw TroupeException.usage(
            "%s = %s: the tokenizer %s has its own; leave it out"
                .formatted(bos != null ? "data.bos" : "data.eos", bos != null ? bos : eos, name));
      }
      return new ByteTokenizer();
    }
    TokenizerPath path = TokenizerPath.of(name);
    SpecialTokens.Wanted wanted = new SpecialTokens.Wanted(bos, eos);
    return path.isSentencePiece()
        ? SentencePieceFile.open(path, wanted)
        : HuggingFaceFile.open(path, wanted);
  }
}
