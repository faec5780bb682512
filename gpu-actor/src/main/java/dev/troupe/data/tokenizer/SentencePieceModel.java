package dev.troupe.data.tokenizer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a serialised SentencePiece {@code ModelProto} says of pieces and of the text's ends; see
 * {@code sentencepiece_model.proto}.
 *
 * @param pieces by id
 * @param bos id of the piece that begins a text; -1: none
 * @param eos id of the piece that ends a text; -1: none
 * @param dropsFirstSpace whether decoding leaves out the first space
 * @param unknown what the unknown piece decodes to
 */
record SentencePieceModel(
    List<Piece> pieces, int bos, int eos, boolean dropsFirstSpace, String unknown) {
  /** The file's numbers of these are 1 to 6, in this order. */
  enum Kind {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE
  }

  /**
   * A piece.
   *
   * @param text as the file has it, with U+2581 for spaces and {@code <0x0A>} for bytes
   */
  record Piece(String text, Kind kind) {
    /** The byte of a {@link Kind#BYTE}. */
    byte value() {
      if (!text.matches("<0x[0-9A-Fa-f]{2}>")) {
        throw new IllegalArgumentException("the byte piece " + text + " is malformed");
      }
      return (byte) Integer.parseInt(text.substring(3, 5), 16);
    }
  }

  private static final int PIECES = 1;
  private static final int TRAINER = 2;
  private static final int NORMALIZER = 3;

  SentencePieceModel {
    pieces = List.copyOf(pieces);
    if (pieces.isEmpty()) {
      throw new IllegalArgumentException("it has no pieces");
    }
  }

  /**
   * Reads a model.
   *
   * @throws IllegalArgumentException where the bytes are none
   */
  static SentencePieceModel parse(byte[] bytes) {
    List<Piece> pieces = new ArrayList<>();
    int bos = 1;
    int eos = 2;
    boolean prefix = true;
    boolean trims = true;
    String unknown = " \u2047 ";
    for (WireFields model = new WireFields(ByteBuffer.wrap(bytes)); model.next(); ) {
      switch (model.number()) {
        case PIECES -> pieces.add(piece(model.message()));
        case TRAINER -> {
          for (WireFields trainer = model.message(); trainer.next(); ) {
            switch (trainer.number()) {
              case 41 -> bos = (int) trainer.value();
              case 42 -> eos = (int) trainer.value();
              case 44 -> unknown = trainer.text();
              default -> {}
            }
          }
        }
        case NORMALIZER -> {
          for (WireFields normalizer = model.message(); normalizer.next(); ) {
            switch (normalizer.number()) {
              case 3 -> prefix = normalizer.value() != 0;
              case 4 -> trims = normalizer.value() != 0;
              default -> {}
            }
          }
        }
        default -> {}
      }
    }
    return new SentencePieceModel(
        pieces, within(bos, pieces), within(eos, pieces), prefix || trims, unknown);
  }

  private static int within(int id, List<Piece> pieces) {
    return id < pieces.size() ? id : -1;
  }

  private static Piece piece(WireFields fields) {
    String text = "";
    long kind = 1;
    while (fields.next()) {
      switch (fields.number()) {
        case 1 -> text = fields.text();
        case 3 -> kind = fields.value();
        default -> {}
      }
    }
    if (kind < 1 || kind > Kind.values().length) {
      throw new IllegalArgumentException("piece %s has the unknown type %d".formatted(text, kind));
    }
    return new Piece(text, Kind.values()[(int) kind - 1]);
  }
}
