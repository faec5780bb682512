package dev.troupe.data.djl;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;

/** The {@code tokenizers} library's encoder. */
public final class HuggingFaceEncoder implements Encoder {
  /** Loads the library once, when an encoder is first made. */
  private static final class Library {
    private static final TokenizersLibrary NATIVE = load();
    private static final Cleaner CLEANER = Cleaner.create();

    private static TokenizersLibrary load() {
      String platform = NativeLibrary.platform();
      NativeLibrary.load(
          TokenizersLibrary.class,
          "native/lib/" + platform + "/cpu",
          platform.startsWith("win")
              ? List.of(
                  "libwinpthread-1.dll",
                  "libgcc_s_seh-1.dll",
                  "libstdc++-6.dll",
                  System.mapLibraryName("tokenizers"))
              : List.of(System.mapLibraryName("tokenizers")));
      return TokenizersLibrary.LIB;
    }
  }

  private final long handle;

  private HuggingFaceEncoder(long handle) {
    this.handle = handle;
  }

  /**
   * An encoder of what a {@code tokenizer.json} says.
   *
   * @throws IllegalArgumentException with the library's words, where it does not understand it
   */
  public static Encoder of(String json) {
    long handle;
    try {
      handle = Library.NATIVE.createTokenizerFromString(json);
    } catch (RuntimeException refused) {
      throw new IllegalArgumentException(refused.getMessage(), refused);
    }
    HuggingFaceEncoder encoder = new HuggingFaceEncoder(handle);
    Library.CLEANER.register(encoder, () -> Library.NATIVE.deleteTokenizer(handle));
    return encoder;
  }

  @Override
  public int[] encode(String text) {
    long encoding = Library.NATIVE.encode(handle, text, false);
    long[] ids;
    try {
      ids = Library.NATIVE.getTokenIds(encoding);
    } finally {
      Library.NATIVE.deleteEncoding(encoding);
    }
    Reference.reachabilityFence(this);
    int[] narrow = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      narrow[i] = Math.toIntExact(ids[i]);
    }
    return narrow;
  }
}
