package dev.troupe.data.prepare;

import dev.troupe.data.tokenizer.ByteTokenizer;
import dev.troupe.data.tokenizer.Tokenizer;
import java.util.OptionalInt;

/** A tokenizer of bytes that begins documents with id 1 and texts with a space. */
final class Spaced implements Tokenizer {
  private final Tokenizer bytes = new ByteTokenizer();

  @Override
  public String name() {
    return "spaced";
  }

  @Override
  public int vocabSize() {
    return bytes.vocabSize();
  }

  @Override
  public int endOfDocument() {
    return bytes.endOfDocument();
  }

  @Override
  public OptionalInt beginOfDocument() {
    return OptionalInt.of(1);
  }

  @Override
  public int[] encode(CharSequence text) {
    return bytes.encode(" " + text);
  }

  @Override
  public int[] encodeNext(CharSequence text) {
    return bytes.encode(text);
  }

  @Override
  public byte[] bytes(int id) {
    return bytes.bytes(id);
  }

  @Override
  public String fingerprint() {
    return "spaced";
  }
}
