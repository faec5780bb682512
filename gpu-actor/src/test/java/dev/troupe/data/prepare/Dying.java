package dev.troupe.data.prepare;

import dev.troupe.data.tokenizer.ByteTokenizer;
import dev.troupe.data.tokenizer.Tokenizer;

/** A tokenizer of bytes that fails from a call on, as if the process had been killed then. */
final class Dying implements Tokenizer {
  private final Tokenizer bytes = new ByteTokenizer();
  int calls;
  int made;

  Dying(int calls) {
    this.calls = calls;
  }

  @Override
  public String name() {
    return bytes.name();
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
  public synchronized int[] encode(CharSequence text) {
    if (++made > calls) {
      throw new IllegalStateException("killed");
    }
    return bytes.encode(text);
  }

  @Override
  public byte[] bytes(int id) {
    return bytes.bytes(id);
  }

  @Override
  public String fingerprint() {
    return bytes.fingerprint();
  }
}
