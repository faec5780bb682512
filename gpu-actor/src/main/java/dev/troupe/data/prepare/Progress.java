package dev.troupe.data.prepare;

/**
 * How far a preparation is: where its next piece begins, and what was written before.
 *
 * @param input number of the input
 * @param offset in the input: in bytes as it is uncompressed, of a table in rows
 * @param lines of the input, or rows, before that
 * @param documents that ended
 * @param tokens in all
 * @param empty documents without text
 * @param skipped lines or rows that had no document
 * @param sequences that ended
 * @param open tokens of the sequence that has not ended
 * @param continued whether that sequence goes on with the document of the one before
 */
record Progress(
    int input,
    long offset,
    long lines,
    long documents,
    long tokens,
    long empty,
    long skipped,
    int sequences,
    int open,
    boolean continued) {

  static final Progress NONE = new Progress(0, 0, 0, 0, 0, 0, 0, 0, 0, false);
}
