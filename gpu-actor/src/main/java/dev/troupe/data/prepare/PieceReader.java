package dev.troupe.data.prepare;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts inputs into pieces, in order. Where a piece ends depends on what follows its beginning only,
 * so that reading may go on at any piece. Not thread-safe.
 */
final class PieceReader implements AutoCloseable {
  private final List<Input> inputs;
  private final InputStream standardInput;
  private final String field;
  private final int pieceBytes;

  private int number;
  private long offset;
  private long readBefore;
  private @Nullable Pieces pieces;

  /**
   * Begins at a piece.
   *
   * @param field column of tables
   * @param number of the input
   * @param offset in it, where a piece begins
   */
  PieceReader(
      List<Input> inputs,
      InputStream standardInput,
      String field,
      int pieceBytes,
      int number,
      long offset) {
    this.inputs = inputs;
    this.standardInput = standardInput;
    this.field = field;
    this.pieceBytes = pieceBytes;
    this.number = number;
    this.offset = offset;
    this.readBefore = total(inputs.subList(0, number));
  }

  /** Bytes that all inputs have on disk. */
  static long total(List<Input> inputs) {
    return inputs.stream().mapToLong(Input::bytes).sum();
  }

  /**
   * The next piece, or null after the last input.
   *
   * @throws TroupeException (data) naming the input
   */
  @Nullable Piece next() {
    if (number == inputs.size()) {
      return null;
    }
    Input input = inputs.get(number);
    try {
      if (pieces == null) {
        pieces = open(input);
      }
      Piece piece = pieces.next();
      if (piece.last()) {
        close();
        readBefore += input.bytes();
        number++;
        offset = 0;
      }
      return piece;
    } catch (IOException e) {
      throw unreadable(input, pieces == null ? "its beginning" : pieces.place(), e);
    }
  }

  /** Says that an input cannot be read. */
  static TroupeException unreadable(Input input, String place, IOException e) {
    return new TroupeException(
        Category.DATA,
        "%s cannot be read beyond %s (%s); see that it is complete"
            .formatted(input.name(), place, e),
        e);
  }

  private Pieces open(Input input) throws IOException {
    Path path = input.path();
    return input.format() == InputFormat.PARQUET && path != null
        ? new TablePieces(input, number, path, field, pieceBytes, offset, readBefore)
        : new BytePieces(input, number, standardInput, pieceBytes, offset, readBefore);
  }

  @Override
  public void close() throws IOException {
    if (pieces != null) {
      pieces.close();
    }
    pieces = null;
  }
}
