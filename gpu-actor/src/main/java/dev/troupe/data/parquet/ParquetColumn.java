package dev.troupe.data.parquet;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowGroupPredicate;
import dev.hardwood.reader.Validity;
import dev.hardwood.schema.ColumnSchema;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The strings of a column of a Parquet file, in the order of its rows. Row group by row group is
 * read, a few hundred rows at a time, so that memory does not grow with the file. Not thread-safe.
 */
public final class ParquetColumn implements AutoCloseable {
  private static final int BATCH_ROWS = 256;

  /** What this program has a library for. */
  private static final Set<CompressionCodec> CODECS =
      EnumSet.of(
          CompressionCodec.UNCOMPRESSED,
          CompressionCodec.GZIP,
          CompressionCodec.SNAPPY,
          CompressionCodec.ZSTD);

  private final ParquetFileReader reader;
  private final ColumnSchema column;
  private final List<RowGroup> groups;
  private final long rows;

  /** Number of the next row. */
  private long row;

  /** The row group to open next, and the row that it begins at. */
  private int nextGroup;

  private long nextGroupRow;

  private @Nullable ColumnReader group;

  /** The batch under way. */
  private byte[] bytes = new byte[0];

  private int[] offsets = new int[0];
  private Validity present = Validity.NO_NULLS;
  private int at;
  private int count;

  private ParquetColumn(ParquetFileReader reader, ColumnSchema column, List<RowGroup> groups) {
    this.reader = reader;
    this.column = column;
    this.groups = groups;
    this.rows = groups.stream().mapToLong(RowGroup::numRows).sum();
  }

  /**
   * Opens a column.
   *
   * @param name of the column, at the top of the schema
   * @throws IOException if the file is not a whole Parquet file
   * @throws TroupeException (data) naming the file and the remedy, if it has no such column of
   *     strings, or one that cannot be uncompressed
   */
  public static ParquetColumn open(Path file, String name) throws IOException {
    ParquetFileReader reader = guarded(() -> ParquetFileReader.open(InputFile.of(file)));
    try {
      List<RowGroup> groups = reader.getFileMetaData().rowGroups();
      ColumnSchema column = find(reader.getFileSchema().getColumns(), file, name);
      for (RowGroup group : groups) {
        CompressionCodec codec = group.columns().get(column.columnIndex()).metaData().codec();
        if (!CODECS.contains(codec)) {
          throw TroupeException.data(
              "%s: the column \"%s\" is compressed with %s; write it with zstd, snappy, gzip or none"
                  .formatted(file, name, codec));
        }
      }
      return new ParquetColumn(reader, column, groups);
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  private static ColumnSchema find(List<ColumnSchema> columns, Path file, String name) {
    List<ColumnSchema> strings =
        columns.stream()
            .filter(c -> c.type() == PhysicalType.BYTE_ARRAY)
            .filter(c -> c.fieldPath().elements().size() == 1 && c.maxRepetitionLevel() == 0)
            .toList();
    return strings.stream()
        .filter(c -> c.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                TroupeException.data(
                    "%s has no column \"%s\" of strings; %s"
                        .formatted(
                            file,
                            name,
                            strings.isEmpty()
                                ? "it has none of strings at all"
                                : strings.stream()
                                    .map(ColumnSchema::name)
                                    .collect(
                                        Collectors.joining(", ", "give one of these: ", "")))));
  }

  /** Number of rows. */
  public long rows() {
    return rows;
  }

  /** Number of the row that {@link #next} gives. */
  public long row() {
    return row;
  }

  /** Whether there is another row. */
  public boolean hasNext() {
    return row < rows;
  }

  /**
   * Goes to a row: row groups before its own are not read.
   *
   * @param to 0 to {@link #rows}
   */
  public void seek(long to) throws IOException {
    if (to < 0 || to > rows) {
      throw new IOException("there are %d rows, none with number %d".formatted(rows, to));
    }
    closeGroup();
    nextGroup = 0;
    nextGroupRow = 0;
    while (nextGroup < groups.size() && nextGroupRow + groups.get(nextGroup).numRows() <= to) {
      nextGroupRow += groups.get(nextGroup++).numRows();
    }
    row = nextGroupRow;
    while (row < to) {
      fill();
      int passed = (int) Math.min(count - at, to - row);
      at += passed;
      row += passed;
    }
  }

  /**
   * The bytes of the next row's string; null where it has none.
   *
   * @throws IOException if the file is damaged
   */
  public byte @Nullable [] next() throws IOException {
    if (!hasNext()) {
      throw new IllegalStateException("all rows were read");
    }
    fill();
    int i = at++;
    row++;
    return present.isNull(i) ? null : Arrays.copyOfRange(bytes, offsets[i], offsets[i + 1]);
  }

  /** Sees to it that the batch has a row. */
  private void fill() throws IOException {
    while (at == count) {
      ColumnReader from = group;
      if (from == null) {
        openGroup();
      } else if (guarded(from::nextBatch)) {
        bytes = guarded(from::getBinaryValues);
        offsets = from.getBinaryOffsets();
        present = from.getLeafValidity();
        at = 0;
        count = from.getRecordCount();
      } else {
        closeGroup();
        if (row != nextGroupRow) {
          throw new IOException(
              "row group %d has not as many rows as it says".formatted(nextGroup - 1));
        }
      }
    }
  }

  private void openGroup() throws IOException {
    if (nextGroup == groups.size()) {
      throw new IOException("the last row group has too few rows");
    }
    RowGroup next = groups.get(nextGroup++);
    nextGroupRow += next.numRows();
    long middle = middle(next);
    group =
        guarded(
            () ->
                reader
                    .buildColumnReader(column.columnIndex())
                    .filter(RowGroupPredicate.byteRange(middle, middle + 1))
                    .batchSize(BATCH_ROWS)
                    .build());
  }

  /** The byte of the file by which a row group is chosen. */
  private static long middle(RowGroup group) {
    long size = 0;
    for (ColumnChunk chunk : group.columns()) {
      size += chunk.metaData().totalCompressedSize();
    }
    return group.columns().getFirst().chunkStartOffset() + size / 2;
  }

  private void closeGroup() {
    if (group != null) {
      group.close();
    }
    group = null;
    at = 0;
    count = 0;
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  /** What the library finds wrong with a file comes as exceptions of many kinds. */
  private static <T> T guarded(Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (RuntimeException e) {
      throw new IOException(String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  @Override
  public void close() throws IOException {
    closeGroup();
    reader.close();
  }
}
