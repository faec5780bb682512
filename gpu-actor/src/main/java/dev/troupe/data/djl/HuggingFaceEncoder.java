package dev.troupe.data.djl;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.troupe.data.encode.Encoder;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;

/** The {@code tokenizers} library's encoder. */
public final class HuggingFaceEncoder implements Encoder {
  private static final NativeLibrary LIBRARY = library(NativeLibrary.platform());
  private static final TokenizersLibrary NATIVE = TokenizersLibrary.LIB;
  private static final Cleaner CLEANER = Cleaner.create();

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
    LIBRARY.require();
    long handle;
    try {
      handle = NATIVE.createTokenizerFromString(json);
    } catch (RuntimeException refused) {
      throw new IllegalArgumentException(refused.getMessage(), refused);
    }
    HuggingFaceEncoder encoder = new HuggingFaceEncoder(handle);
    CLEANER.register(encoder, () -> NATIVE.deleteTokenizer(handle));
    return encoder;
  }

  private static NativeLibrary library(String platform) {
    String own = System.mapLibraryName("tokenizers");
    return new NativeLibrary(
        NativeLibrary.temporary(),
        TokenizersLibrary.class,
        "native/lib/" + platform + "/cpu",
        platform.startsWith("win")
            ? List.of("libwinpthread-1.dll", "libgcc_s_seh-1.dll", "libstdc++-6.dll", own)
            : List.of(own));
  }

  @Override
  public int[] encode(String text) {
    long encoding = NATIVE.encode(handle, text, false);
    long[] ids;
    try {
      ids = NATIVE.getTokenIds(encoding);
    } finally {
      NATIVE.deleteEncoding(encoding);
    }
    Reference.reachabilityFence(this);
    int[] narrow = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      narrow[i] = Math.toIntExact(ids[i]);
    }
    return narrow;
  }
}
