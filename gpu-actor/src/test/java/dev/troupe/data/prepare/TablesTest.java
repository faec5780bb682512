package dev.troupe.data.prepare;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.data.indexed.IndexedDataset;
import dev.troupe.data.testing.Streams;
import dev.troupe.data.tokenizer.ByteTokenizer;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.proto.error.Category;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parquet files, which pyarrow wrote: see make_parquet_fixtures.py. */
class TablesTest {
  private static final int ROWS = 150;

  @TempDir Path folder;
  private final Heard heard = new Heard();

  private static Path fixture(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(TablesTest.class.getResource("/parquet/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(int row) {
    return row % 29 == 28 ? "" : "row " + row + ": " + "wörd ".repeat(row * 7 % 50);
  }

  private static List<String> texts() {
    return IntStream.range(0, ROWS)
        .mapToObj(TablesTest::text)
        .filter(text -> !text.isEmpty())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "zstd", "gzip", "none", "delta"})
  void readsAColumnRowByRowHoweverItIsWritten(String how) throws IOException {
    Path file = fixture(how + ".parquet");
    for (int pieceBytes : new int[] {1, 100, 1 << 20}) {
      Description done = run("p" + pieceBytes, file, new ByteTokenizer(), pieceBytes, 0);
      assertEquals(texts(), documents("p" + pieceBytes));
      assertEquals(5, done.empty());
      assertEquals(texts().size(), done.documents());
    }
    assertArrayEquals(bytes("p1.bin"), bytes("p100.bin"));
    assertArrayEquals(bytes("p1.idx"), bytes("p" + (1 << 20) + ".idx"));
  }

  @Test
  void readsTheColumnThatItIsTold() {
    Preparer.run(
        settings("same", fixture("snappy.parquet"), new ByteTokenizer(), "same", 0),
        InputStream.nullInputStream(),
        heard);
    assertEquals(
        IntStream.range(0, ROWS).mapToObj(row -> "same " + row % 3).toList(), documents("same"));
  }

  @Test
  void goesOnAfterADeathAndGivesTheSameBytes() throws IOException {
    Path in = Files.createDirectory(folder.resolve("in"));
    Files.copy(fixture("zstd.parquet"), in.resolve("a.parquet"));
    Files.writeString(in.resolve("b.jsonl"), "{\"text\": \"between\"}\n");
    Files.copy(fixture("gzip.parquet"), in.resolve("c.parquet"));
    run("whole", in, new ByteTokenizer(), 100, 0);
    List<String> expected = new ArrayList<>(texts());
    expected.add("between");
    expected.addAll(texts());
    assertEquals(expected, documents("whole"));
    for (int calls = 20; calls < 290; calls += 67) {
      String name = "broken" + calls;
      Dying dying = new Dying(calls);
      int deaths = 0;
      while (true) {
        try {
          run(name, in, dying, 100, 0);
          break;
        } catch (IllegalStateException e) {
          deaths++;
          assertFalse(Files.exists(folder.resolve(name + ".idx")));
          dying.calls *= 2;
          dying.made = 0;
        }
      }
      assertTrue(deaths > 0);
      assertArrayEquals(bytes("whole.bin"), bytes(name + ".bin"));
      assertArrayEquals(bytes("whole.idx"), bytes(name + ".idx"));
    }
    assertTrue(heard.resumed > 0, "none had come far enough to go on");
  }

  @Test
  void rowsWithoutTextAreBadRows() {
    Path nulls = fixture("nulls.parquet");
    Description done = run("nulls", nulls, new ByteTokenizer(), 100, 2);
    assertEquals(2, done.skipped());
    assertEquals(
        IntStream.range(0, ROWS)
            .filter(row -> row % 60 != 50)
            .mapToObj(TablesTest::text)
            .filter(text -> !text.isEmpty())
            .toList(),
        documents("nulls"));
    assertEquals(
        List.of(
            nulls + " row 51 has nothing in the column \"text\"",
            nulls + " row 111 has nothing in the column \"text\""),
        heard.skipped);
    refused(nulls, "row 51 has nothing", "column \"text\"", "--skip-bad is 0");
    refused(fixture("latin.parquet"), "row 2 is not UTF-8 from byte 2 on");
  }

  @Test
  void refusesWhatItCannotRead() throws IOException {
    refused(fixture("lz4.parquet"), "lz4.parquet", "LZ4", "zstd, snappy, gzip or none");
    refused(fixture("numbers.parquet"), "no column \"text\" of strings");
    assertFails(
        Category.DATA,
        () ->
            Preparer.run(
                settings("out", fixture("none.parquet"), new ByteTokenizer(), "lang", 0),
                InputStream.nullInputStream(),
                heard),
        "no column \"lang\" of strings; give one of these: text, same");
    refused(Files.writeString(folder.resolve("plain.parquet"), "PAR1 and so on"), "plain.parquet");
    byte[] whole = Files.readAllBytes(fixture("none.parquet"));
    Path cut = Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(whole, 3000));
    refused(cut, "cut.parquet cannot be read", "complete");
  }

  /** A length in the third row group, whose rows begin at 80. */
  @Test
  void saysWhereAFileIsDamaged() throws IOException {
    byte[] bytes = Files.readAllBytes(fixture("none.parquet"));
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("row 101: ");
    Arrays.fill(bytes, at - Integer.BYTES, at, (byte) 0x7F);
    Path damaged = Files.write(folder.resolve("damaged.parquet"), bytes);
    refused(damaged, "damaged.parquet cannot be read beyond row 80 (", "complete");
  }

  private void refused(Path input, String... parts) {
    String name = "refused " + input.getFileName();
    assertFails(Category.DATA, () -> run(name, input, new ByteTokenizer(), 100, 0), parts);
    for (String suffix : new String[] {".bin", ".idx", ".json"}) {
      assertFalse(Files.exists(folder.resolve(name + suffix)));
    }
  }

  private Description run(
      String name, Path input, Tokenizer tokenizer, int pieceBytes, long skipBad) {
    return Preparer.run(
        settings(name, input, tokenizer, "text", skipBad),
        InputStream.nullInputStream(),
        heard,
        pieceBytes);
  }

  private PrepareSettings settings(
      String name, Path input, Tokenizer tokenizer, String field, long skipBad) {
    return new PrepareSettings(
        folder.resolve(name),
        List.of(input.toString()),
        tokenizer,
        true,
        field,
        InputFormat.JSONL,
        skipBad,
        2,
        true,
        false);
  }

  private byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name));
  }

  private List<String> documents(String name) {
    try (Arena arena = Arena.ofConfined()) {
      IndexedDataset dataset = IndexedDataset.open(folder.resolve(name), name, arena);
      List<String> texts = new ArrayList<>();
      for (int d = 0; d < dataset.documents(); d++) {
        texts.add(new ByteTokenizer().decode(Streams.document(dataset, d)));
      }
      return texts;
    }
  }
}
