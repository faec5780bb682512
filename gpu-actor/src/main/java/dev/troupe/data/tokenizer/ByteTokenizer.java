package dev.troupe.data.tokenizer;

import dev.troupe.data.digest.Fingerprint;
import java.nio.charset.StandardCharsets;

/** Ids 0 to 255 are the bytes of UTF-8, id 256 ends a document. Needs no vocabulary file. */
public final class ByteTokenizer implements Tokenizer {
  /** The name of this tokenizer. */
  public static final String NAME = "bytes";

  private static final int BYTES = 256;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int vocabSize() {
    return BYTES + 1;
  }

  @Override
  public int endOfDocument() {
    return BYTES;
  }

  @Override
  public int[] encode(CharSequence text) {
    byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[utf8.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Byte.toUnsignedInt(utf8[i]);
    }
    return ids;
  }

  @Override
  public byte[] bytes(int id) {
    if (id < 0 || id > BYTES) {
      throw new IllegalArgumentException("token id " + id + " is outside 0.." + BYTES);
    }
    return id == BYTES ? new byte[0] : new byte[] {(byte) id};
  }

  @Override
  public String fingerprint() {
    return new Fingerprint().add(NAME).add(vocabSize()).add(endOfDocument()).hex();
  }
}
