package dev.troupe.data.djl;

import ai.djl.sentencepiece.jni.SentencePieceLibrary;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;

/** SentencePiece's encoder. */
public final class SentencePieceEncoder implements Encoder {
  /** Loads the library once, when an encoder is first made. */
  private static final class Library {
    private static final SentencePieceLibrary NATIVE = load();
    private static final Cleaner CLEANER = Cleaner.create();

    private static SentencePieceLibrary load() {
      NativeLibrary.load(
          SentencePieceLibrary.class,
          "native/lib/" + NativeLibrary.platform(),
          List.of(System.mapLibraryName("sentencepiece_native")));
      return SentencePieceLibrary.LIB;
    }
  }

  private final long handle;

  private SentencePieceEncoder(long handle) {
    this.handle = handle;
  }

  /**
   * An encoder of a serialised model.
   *
   * @throws IllegalArgumentException with the library's words, where it does not understand it
   */
  public static Encoder of(byte[] model) {
    long handle = Library.NATIVE.createSentencePieceProcessor();
    SentencePieceEncoder encoder = new SentencePieceEncoder(handle);
    Library.CLEANER.register(encoder, () -> Library.NATIVE.deleteSentencePieceProcessor(handle));
    try {
      Library.NATIVE.loadModelFromBytes(handle, model);
    } catch (RuntimeException refused) {
      throw new IllegalArgumentException(refused.getMessage(), refused);
    }
    return encoder;
  }

  @Override
  public int[] encode(String text) {
    int[] ids = Library.NATIVE.encode(handle, text);
    Reference.reachabilityFence(this);
    return ids;
  }
}
