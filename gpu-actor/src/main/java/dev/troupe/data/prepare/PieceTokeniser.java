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
 * @param field of JSONL, or column of tables, that has the document
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
      case PARQUET -> rows(piece);
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
    Documents documents = new Documents();
    byte[] data = piece.data();
    int number = 0;
    for (int begin = Utf8Bytes.afterMark(piece); begin < piece.length(); number++) {
      int next = begin;
      while (next < piece.length() && data[next] != '\n') {
        next++;
      }
      try {
        String line = Utf8Bytes.decode(data, begin, next);
        if (!line.isBlank()) {
          documents.add(JsonLine.text(line, field));
        }
      } catch (BadLineException e) {
        documents.bad.add(new BadLine(number, String.valueOf(e.getMessage())));
      } catch (Utf8Bytes.MalformedException e) {
        documents.malformed(number, e.offset() - begin);
      }
      begin = next + 1;
    }
    return documents.of(piece, number);
  }

  private PieceTokens rows(Piece piece) {
    Documents documents = new Documents();
    int begin = 0;
    for (int row = 0; row < piece.ends().length; row++) {
      int end = piece.ends()[row];
      if (end < 0) {
        documents.bad.add(new BadLine(row, "has nothing in the column \"%s\"".formatted(field)));
        continue;
      }
      try {
        documents.add(Utf8Bytes.decode(piece.data(), begin, end));
      } catch (Utf8Bytes.MalformedException e) {
        documents.malformed(row, e.offset() - begin);
      }
      begin = end;
    }
    return documents.of(piece, piece.ends().length);
  }

  /** Whole documents of a piece, as they come. */
  private final class Documents {
    private final int[] beginning = beginning();
    private final int[] ending = end ? new int[] {tokenizer.endOfDocument()} : new int[0];
    private final List<int[]> parts = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();
    private final List<BadLine> bad = new ArrayList<>();
    private long tokens;
    private int empty;

    void add(String text) {
      if (text.isEmpty()) {
        empty++;
        return;
      }
      int[] ids = tokenizer.encode(text);
      parts.add(beginning);
      parts.add(ids);
      parts.add(ending);
      sizes.add(beginning.length + ids.length + ending.length);
      tokens += sizes.getLast();
    }

    void malformed(int number, int from) {
      bad.add(new BadLine(number, "is not UTF-8 from byte %d on".formatted(from)));
    }

    PieceTokens of(Piece piece, int lines) {
      int[] ends = sizes.stream().mapToInt(Integer::intValue).toArray();
      return new PieceTokens(piece, pack(parts, tokens), ends, lines, empty, List.copyOf(bad));
    }
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
