package dev.troupe.data.prepare;

import dev.troupe.data.parquet.ParquetColumn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** Cuts the rows of a table into pieces of whole rows. */
final class TablePieces implements Pieces {
  private static final int MOST_ROWS = 1 << 16;
  private static final int LONGEST_ROW = 1 << 29;

  private final Input input;
  private final int number;
  private final int pieceBytes;
  private final long readBefore;
  private final ParquetColumn column;

  /**
   * Begins at a piece.
   *
   * @param number of the input
   * @param field the column
   * @param row of the input
   * @param readBefore bytes of the inputs before it
   */
  TablePieces(
      Input input, int number, Path path, String field, int pieceBytes, long row, long readBefore)
      throws IOException {
    this.input = input;
    this.number = number;
    this.pieceBytes = pieceBytes;
    this.readBefore = readBefore;
    this.column = ParquetColumn.open(path, field);
    try {
      column.seek(row);
    } catch (IOException e) {
      column.close();
      throw e;
    }
  }

  @Override
  public String place() {
    return "row %d".formatted(column.row());
  }

  @Override
  public Piece next() throws IOException {
    long start = column.row();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    IntStream.Builder ends = IntStream.builder();
    while (column.hasNext() && data.size() < pieceBytes && column.row() - start < MOST_ROWS) {
      byte[] text = column.next();
      if (text == null) {
        ends.add(~data.size());
      } else if (text.length > LONGEST_ROW) {
        throw new IOException("a row is longer than " + LONGEST_ROW + " bytes");
      } else {
        data.writeBytes(text);
        ends.add(data.size());
      }
    }
    double share = column.rows() == 0 ? 1 : (double) column.row() / column.rows();
    return Piece.ofRows(
        number,
        start,
        data.toByteArray(),
        ends.build().toArray(),
        !column.hasNext(),
        readBefore + (long) (share * input.bytes()));
  }

  @Override
  public void close() throws IOException {
    column.close();
  }
}
