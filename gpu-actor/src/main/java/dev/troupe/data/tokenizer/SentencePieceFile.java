package dev.troupe.data.tokenizer;

import dev.troupe.data.digest.Sha256;
import dev.troupe.data.djl.SentencePieceEncoder;
import dev.troupe.data.encode.Encoder;
import dev.troupe.proto.error.TroupeException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Reads a SentencePiece {@code .model}. */
final class SentencePieceFile {
  /** {@code normalizer_spec { add_dummy_prefix: false }}: appended, it overrides what is there. */
  private static final byte[] NO_PREFIX = {0x1A, 2, 0x18, 0};

  private SentencePieceFile() {}

  /**
   * Reads it.
   *
   * @throws TroupeException (data) where it is damaged or not of SentencePiece
   */
  static Tokenizer open(TokenizerPath path, SpecialTokens.Wanted wanted) {
    byte[] bytes = path.read();
    String fingerprint = Sha256.of(bytes);
    SentencePieceModel model;
    try {
      model = SentencePieceModel.parse(bytes);
    } catch (IllegalArgumentException e) {
      throw unusable(path, e);
    }
    Map<String, Integer> ids = new HashMap<>();
    List<SentencePieceModel.Piece> pieces = model.pieces();
    for (int id = 0; id < pieces.size(); id++) {
      ids.put(pieces.get(id).text(), id);
    }
    SpecialTokens special =
        SpecialTokens.of(path.file().toString(), ids, model.bos(), model.eos(), wanted);
    return new FileTokenizer(
        path,
        fingerprint,
        new FileTokenizer.Contents(
            pieces.stream().map(piece -> bytes(piece, model)).toArray(byte[][]::new),
            special,
            model.dropsFirstSpace(),
            encoder(path, fingerprint, new byte[0]),
            encoder(path, fingerprint, NO_PREFIX)));
  }

  private static byte[] bytes(SentencePieceModel.Piece piece, SentencePieceModel model) {
    return switch (piece.kind()) {
      case CONTROL -> new byte[0];
      case UNKNOWN -> model.unknown().getBytes(StandardCharsets.UTF_8);
      case BYTE -> new byte[] {piece.value()};
      case NORMAL, USER_DEFINED, UNUSED ->
          piece.text().replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
    };
  }

  private static Supplier<Encoder> encoder(TokenizerPath path, String fingerprint, byte[] more) {
    return () -> {
      byte[] model = path.readAgain(fingerprint);
      byte[] whole = Arrays.copyOf(model, model.length + more.length);
      System.arraycopy(more, 0, whole, model.length, more.length);
      try {
        return SentencePieceEncoder.of(whole);
      } catch (IllegalArgumentException e) {
        throw unusable(path, e);
      }
    };
  }

  private static TroupeException unusable(TokenizerPath path, IllegalArgumentException why) {
    return TroupeException.data(
        "data.tokenizer: %s is not a SentencePiece model: %s; of Llama 3, whose .model is of another kind, give the tokenizer.json"
            .formatted(path.file(), why.getMessage()));
  }
}
