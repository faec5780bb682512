package dev.troupe.data.prepare;

import dev.troupe.data.indexed.TokenType;
import dev.troupe.data.prepare.PieceTokens.BadLine;
import dev.troupe.data.text.BadLineException;
import dev.troupe.data.text.JsonLine;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.proto.error.TroupeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns pieces into tokens. Thread-safe.
 *
 * @param tokenizer makes the tokens
 * @param type they are packed in
 * @param end whether a document ends with the tokenizer's end-of-document token
 * @param field of JSONL that has the document
 */
record PieceTokeniser(Tokenizer tokenizer, TokenType type, boolean end, String field) {

  /**
   * The tokens of a piece.
   *
   * @param name of its input, for messages
   * @throws TroupeException (data) if a piece of text is not UTF-8
   */
  PieceTokens apply(Piece piece, String name) {
    return switch (piece.format()) {
      case TEXT -> text(piece, name);
      case JSONL -> lines(piece);
    };
  }

  /** The bytes of the token that ends a document; none where documents have no such end. */
  byte[] documentEnd() {
    return end ? pack(List.of(new int[] {tokenizer.endOfDocument()}), 1) : new byte[0];
  }

  private PieceTokens text(Piece piece, String name) {
    String text;
    try {
      text = Utf8Bytes.decode(piece.data(), Utf8Bytes.afterMark(piece), piece.length());
    } catch (Utf8Bytes.MalformedException e) {
      throw TroupeException.data(
          ("%s: the byte at offset %d is not UTF-8; convert the file, for example with: iconv -f"
                  + " LATIN1 -t UTF-8")
              .formatted(name, piece.start() + e.offset()));
    }
    if (text.isEmpty()) {
      return new PieceTokens(piece, new byte[0], new int[0], 0, 0, List.of());
    }
    boolean first = piece.start() == 0;
    int[] ids = first ? tokenizer.encode(text) : tokenizer.encodeNext(text);
    int[] begin = first ? beginning() : new int[0];
    return new PieceTokens(
        piece, pack(List.of(begin, ids), begin.length + ids.length), new int[0], 0, 0, List.of());
  }

  private PieceTokens lines(Piece piece) {
    List<int[]> documents = new ArrayList<>();
    List<BadLine> bad = new ArrayList<>();
    byte[] data = piece.data();
    int number = 0;
    int empty = 0;
    long tokens = 0;
    int[] beginning = beginning();
    int[] ending = end ? new int[] {tokenizer.endOfDocument()} : new int[0];
    List<Integer> sizes = new ArrayList<>();
    for (int begin = Utf8Bytes.afterMark(piece); begin < piece.length(); number++) {
      int next = begin;
      while (next < piece.length() && data[next] != '\n') {
        next++;
      }
      try {
        String line = Utf8Bytes.decode(data, begin, next);
        String text = line.isBlank() ? "" : JsonLine.text(line, field);
        if (!text.isEmpty()) {
          int[] ids = tokenizer.encode(text);
          documents.add(beginning);
          documents.add(ids);
          documents.add(ending);
          sizes.add(beginning.length + ids.length + ending.length);
          tokens += sizes.getLast();
        } else if (!line.isBlank()) {
          empty++;
        }
      } catch (BadLineException e) {
        bad.add(new BadLine(number, String.valueOf(e.getMessage())));
      } catch (Utf8Bytes.MalformedException e) {
        bad.add(new BadLine(number, "is not UTF-8 from byte %d on".formatted(e.offset() - begin)));
      }
      begin = next + 1;
    }
    int[] ends = sizes.stream().mapToInt(Integer::intValue).toArray();
    return new PieceTokens(piece, pack(documents, tokens), ends, number, empty, List.copyOf(bad));
  }

  private int[] beginning() {
    return tokenizer.beginOfDocument().stream().toArray();
  }

  private byte[] pack(List<int[]> parts, long tokens) {
    byte[] packed = new byte[Math.toIntExact(tokens * type.bytes())];
    ByteBuffer out = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    for (int[] ids : parts) {
      for (int id : ids) {
        type.put(out, id);
      }
    }
    return packed;
  }
}
