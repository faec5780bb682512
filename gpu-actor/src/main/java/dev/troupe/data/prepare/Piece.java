package dev.troupe.data.prepare;

/**
 * A part of an input that is tokenised on its own. Pieces of JSONL end at the end of a line; pieces
 * of text do where there is one, and never inside a character.
 *
 * @param input number of the input
 * @param format how documents lie in it
 * @param start offset in the input as it is uncompressed, in bytes
 * @param data holds the bytes, from 0
 * @param length number of bytes; may be 0 in the last piece of an input
 * @param last whether it is the input's last
 * @param read bytes of all inputs, as they lie on disk, that were read by its end
 */
record Piece(
    int input, InputFormat format, long start, byte[] data, int length, boolean last, long read) {

  /** Where the next piece of the input begins. */
  long end() {
    return start + length;
  }
}
