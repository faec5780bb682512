package dev.troupe.data.prepare;

import java.util.List;

/**
 * The tokens of a piece.
 *
 * @param piece where they come from; its bytes are no longer needed
 * @param packed the tokens, little-endian, in the type of the token file
 * @param sizes tokens of each document that ends in the piece, its end included; none of text, of
 *     which a piece is a part of one document
 * @param lines lines of JSONL, or rows of a table
 * @param empty documents without text, which do not count; not of text
 * @param bad lines or rows that have no document
 */
record PieceTokens(
    Piece piece, byte[] packed, int[] sizes, int lines, int empty, List<BadLine> bad) {

  /**
   * A line or row that has no document.
   *
   * @param number in its piece, from 0
   * @param what is wrong with it
   */
  record BadLine(int number, String what) {}
}
