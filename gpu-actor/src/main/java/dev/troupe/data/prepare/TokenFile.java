package dev.troupe.data.prepare;

import dev.troupe.data.indexed.TokenType;
import java.io.IOException;

/** Takes the tokens of pieces in order and keeps count. Not thread-safe. */
final class TokenFile {
  /** A document with more tokens becomes several sequences. */
  private static final int MAX_SEQUENCE = 1 << 30;

  private final WorkFolder work;
  private final TokenType type;
  private final byte[] documentEnd;
  private Progress at;

  /** Goes on at a place that {@code work} has. */
  TokenFile(WorkFolder work, TokenType type, byte[] documentEnd, Progress at) {
    this.work = work;
    this.type = type;
    this.documentEnd = documentEnd;
    this.at = at;
  }

  Progress at() {
    return at;
  }

  /**
   * Appends a piece.
   *
   * @param skipped how many of its lines were passed over
   */
  void add(PieceTokens from, int skipped) throws IOException {
    work.append(from.packed());
    int tokens = from.packed().length / type.bytes();
    boolean text = from.piece().format() == InputFormat.TEXT;
    Sequence open = new Sequence(at.open(), at.continued(), 0, 0, tokens);
    if (text) {
      open = goOn(open, tokens, from.piece().last());
    } else {
      for (int size : from.sizes()) {
        work.endSequence(size, false);
      }
      open = new Sequence(0, false, from.sizes().length, from.sizes().length, tokens);
    }
    advance(from, skipped, open);
  }

  /** A part of a document; the last ends it, if it has text. */
  private Sequence goOn(Sequence before, int tokens, boolean last) throws IOException {
    int open = before.open();
    boolean continued = before.continued();
    int ended = 0;
    if ((long) open + tokens > MAX_SEQUENCE) {
      work.endSequence(open, continued);
      ended++;
      continued = true;
      open = 0;
    }
    open += tokens;
    boolean any = open > 0 || continued;
    if (!last || !any) {
      return new Sequence(open, continued, ended, 0, tokens);
    }
    work.append(documentEnd);
    int end = documentEnd.length / type.bytes();
    work.endSequence(open + end, continued);
    return new Sequence(0, false, ended + 1, 1, (long) tokens + end);
  }

  /** The sequence that is open after a piece, and what ended in it. */
  private record Sequence(int open, boolean continued, int sequences, int documents, long tokens) {}

  private void advance(PieceTokens from, int skipped, Sequence open) {
    Piece piece = from.piece();
    at =
        new Progress(
            piece.last() ? piece.input() + 1 : piece.input(),
            piece.last() ? 0 : piece.end(),
            piece.last() ? 0 : at.lines() + from.lines(),
            at.documents() + open.documents(),
            at.tokens() + open.tokens(),
            at.empty() + from.empty(),
            at.skipped() + skipped,
            Math.addExact(at.sequences(), open.sequences()),
            open.open(),
            open.continued());
  }
}
