package dev.troupe.data.prepare;

/**
 * A part of an input that is tokenised on its own. Pieces of JSONL end at the end of a line; pieces
 * of text do where there is one, and never inside a character; pieces of tables have whole rows.
 *
 * @param input number of the input
 * @param format how documents lie in it
 * @param start offset in the input: in bytes as it is uncompressed, of a table in rows
 * @param data holds the bytes, from 0
 * @param length number of bytes; may be 0 in the last piece of an input
 * @param ends of a table: where in the bytes the text of each row ends; of a row that has none, the
 *     complement {@code ~} of where it would
 * @param last whether it is the input's last
 * @param read bytes of all inputs, as they lie on disk, that were read by its end
 */
record Piece(
    int input,
    InputFormat format,
    long start,
    byte[] data,
    int length,
    int[] ends,
    boolean last,
    long read) {

  /** A piece of text or JSONL. */
  static Piece ofBytes(
      int input, InputFormat format, long start, byte[] data, int length, boolean last, long read) {
    return new Piece(input, format, start, data, length, new int[0], last, read);
  }

  /** A piece of a table. */
  static Piece ofRows(int input, long start, byte[] data, int[] ends, boolean last, long read) {
    return new Piece(input, InputFormat.PARQUET, start, data, data.length, ends, last, read);
  }

  /** Where the next piece of the input begins. */
  long end() {
    return start + (format == InputFormat.PARQUET ? ends.length : length);
  }
}
