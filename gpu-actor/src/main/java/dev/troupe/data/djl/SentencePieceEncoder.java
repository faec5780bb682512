package dev.troupe.data.djl;

import ai.djl.sentencepiece.jni.SentencePieceLibrary;
import dev.troupe.data.encode.Encoder;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;

/** SentencePiece's encoder. */
public final class SentencePieceEncoder implements Encoder {
  private static final NativeLibrary LIBRARY =
      new NativeLibrary(
          NativeLibrary.temporary(),
          SentencePieceLibrary.class,
          "native/lib/" + NativeLibrary.platform(),
          List.of(System.mapLibraryName("sentencepiece_native")));
  private static final SentencePieceLibrary NATIVE = SentencePieceLibrary.LIB;
  private static final Cleaner CLEANER = Cleaner.create();

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
    LIBRARY.require();
    long handle = NATIVE.createSentencePieceProcessor();
    SentencePieceEncoder encoder = new SentencePieceEncoder(handle);
    CLEANER.register(encoder, () -> NATIVE.deleteSentencePieceProcessor(handle));
    try {
      NATIVE.loadModelFromBytes(handle, model);
    } catch (RuntimeException refused) {
      throw new IllegalArgumentException(refused.getMessage(), refused);
    }
    return encoder;
  }

  @Override
  public int[] encode(String text) {
    int[] ids = NATIVE.encode(handle, text);
    Reference.reachabilityFence(this);
    return ids;
  }
}
