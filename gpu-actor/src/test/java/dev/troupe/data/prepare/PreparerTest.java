package dev.troupe.data.prepare;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStream;
import dev.troupe.data.indexed.IndexedDataset;
import dev.troupe.data.testing.Streams;
import dev.troupe.data.tokenizer.ByteTokenizer;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.proto.error.Category;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreparerTest {
  private static final int PIECE_BYTES = 100;

  @TempDir Path folder;
  private Path in;
  private final List<String> expected = new ArrayList<>();
  private final Heard heard = new Heard();

  @BeforeEach
  void makeInputs() throws IOException {
    in = Files.createDirectories(folder.resolve("in"));
    lines("a.jsonl", Files.newOutputStream(in.resolve("a.jsonl")), 30);
    lines("b.jsonl.gz", new GZIPOutputStream(Files.newOutputStream(in.resolve("b.jsonl.gz"))), 25);
    text("c.txt", "\uFEFFA text of lines, é and 𝄞.\n".repeat(40).replace("\n\uFEFF", "\n"));
    text("d.txt", "𝄞é".repeat(100)); // without a line end
    Files.createFile(in.resolve("e.txt"));
    lines("f.jsonl.zst", new ZstdOutputStream(Files.newOutputStream(in.resolve("f.jsonl.zst"))), 9);
    Files.writeString(in.resolve("notes.md"), "not read");
    Files.writeString(in.resolve(".hidden.txt"), "not read");
  }

  private void lines(String name, OutputStream out, int count) throws IOException {
    try (out) {
      for (int i = 0; i < count; i++) {
        String text = "%s, document %d: %s".formatted(name, i, "wörd ".repeat(i * 7 % 50));
        expected.add(text);
        String line = "{\"id\": %d, \"text\": \"%s\", \"x\": {\"text\": 1}}".formatted(i, text);
        out.write((line + (i % 3 == 0 ? "\r\n\n" : "\n")).getBytes(StandardCharsets.UTF_8));
      }
      out.write("{\"text\": \"\"}".getBytes(StandardCharsets.UTF_8)); // empty, and no line end
    }
  }

  private void text(String name, String text) throws IOException {
    Files.writeString(in.resolve(name), text);
    expected.add(text.replace("\uFEFF", ""));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void preparesEveryKindOfInputInOrder(int threads) {
    Description done = run(settings("out", threads, 0), PIECE_BYTES);
    assertEquals(expected, documents("out"));
    assertEquals(expected.size(), done.documents());
    assertEquals(expected.stream().mapToLong(text -> bytes(text).length + 1).sum(), done.tokens());
    assertEquals(3, done.empty());
    assertEquals(done, Description.read(folder.resolve("out")).orElseThrow());
    assertFalse(Files.exists(folder.resolve("out.prepare")));
  }

  @Test
  void threadsAndPiecesDoNotChangeTheBytes() throws IOException {
    run(settings("one", 1, 0), 1 << 20);
    run(settings("many", 8, 0), 37);
    assertSame("one", "many");
  }

  @Test
  void goesOnAfterADeathAndGivesTheSameBytes() throws IOException {
    run(settings("whole", 2, 0), PIECE_BYTES);
    for (int calls = 5; calls < 80; calls += 17) {
      String name = "broken" + calls;
      Dying dying = new Dying(calls);
      int deaths = 0;
      while (true) {
        try {
          run(settings(name, 2, 0, dying, false), PIECE_BYTES);
          break;
        } catch (IllegalStateException e) {
          deaths++;
          assertFalse(Files.exists(folder.resolve(name + ".idx")));
          dying.calls *= 2; // a death that comes before the first commit must not go on forever
          dying.made = 0;
        }
      }
      assertTrue(deaths > 0);
      assertSame("whole", name);
    }
    assertTrue(heard.resumed > 0, "none had come far enough to go on");
  }

  @Test
  void anInputThatChangedWhileItWasReadIsReadAgainFromItsBeginning() throws IOException {
    Path broken = in.resolve("c.jsonl");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      lines.add("{\"text\": \"line %d of a file that somebody mends\"}".formatted(i));
    }
    List<String> torn = new ArrayList<>(lines);
    torn.set(55, "{\"text\": \"li");
    Files.write(broken, torn);
    assertFails(
        Category.DATA,
        () -> run(settings("out", 2, 0), PIECE_BYTES),
        broken + " line 56 is not a JSON object",
        "--skip-bad");
    assertFalse(Files.exists(folder.resolve("out.bin")));
    Files.write(broken, lines);
    run(settings("out", 2, 0), PIECE_BYTES);
    assertTrue(heard.resumed > 0);
    run(settings("whole", 2, 0), PIECE_BYTES);
    assertSame("whole", "out");
  }

  @Test
  void goesOnOnlyWithTheSameSettingsAndInputs() throws IOException {
    Dying dying = new Dying(60);
    assertThrows(
        IllegalStateException.class, () -> run(settings("out", 1, 0, dying, false), PIECE_BYTES));
    assertFails(Category.USAGE, () -> run(settings("out", 1, 0), 64), "--restart");
    Files.writeString(in.resolve("a.jsonl"), "{\"text\": \"another\"}");
    assertFails(Category.USAGE, () -> run(settings("out", 1, 0), PIECE_BYTES), "--restart");
    run(settings("out", 1, 0, new ByteTokenizer(), true), PIECE_BYTES);
    assertEquals("another", documents("out").getFirst());
  }

  @Test
  void skipsAsManyBadLinesAsItMay() throws IOException {
    Files.writeString(
        in.resolve("a.jsonl"),
        "{\"text\": \"good\"}\n[1]\n\n{\"txt\": \"bad\"}\n{\"text\": \"fine\"} x\n");
    Files.write(
        in.resolve("b.jsonl"),
        new byte[] {'{', '"', 't', 'e', 'x', 't', '"', ':', '"', (byte) 0xE9, '"', '}'});
    Description done = run(settings("out", 3, 4), PIECE_BYTES);
    assertEquals(4, done.skipped());
    assertEquals("good", documents("out").getFirst());
    assertEquals(
        List.of("a.jsonl line 2", "a.jsonl line 4", "a.jsonl line 5", "b.jsonl line 1"),
        heard.skipped.stream()
            .map(line -> line.replaceAll(".*/", "").replaceAll("(line \\d+).*", "$1"))
            .toList());
    assertFails(
        Category.DATA,
        () -> run(settings("less", 3, 3), PIECE_BYTES),
        "b.jsonl line 1 is not UTF-8 from byte 9 on",
        "--skip-bad is 3");
    assertTrue(nothingOf("less.bin", "less.idx", "less.json"));
  }

  @Test
  void documentsBeginAsTheTokenizerSaysHoweverTheyAreCut() throws IOException {
    Files.delete(in.resolve("a.jsonl"));
    Files.writeString(in.resolve("a.jsonl"), "{\"text\": \"one\"}\n");
    run(settings("out", 2, 0, new Spaced(), false), 40);
    List<String> texts = documents("out");
    assertEquals("\u0001 one", texts.getFirst());
    List<String> c = texts.stream().filter(text -> text.contains("A text of lines")).toList();
    assertEquals(List.of("\u0001 " + "A text of lines, é and 𝄞.\n".repeat(40)), c);
    assertEquals(1, Description.read(folder.resolve("out")).orElseThrow().bos());
  }

  @Test
  void readsStandardInputAndLeavesNothingWhenItFails() throws IOException {
    InputStream good = stream("{\"body\": \"one\"}\n{\"body\": \"two\"}\n");
    PrepareSettings settings =
        new PrepareSettings(
            folder.resolve("piped"),
            List.of("-"),
            new ByteTokenizer(),
            false,
            "body",
            InputFormat.JSONL,
            0,
            2,
            true,
            false);
    Description done = Preparer.run(settings, good, heard);
    assertEquals(List.of("one", "two"), documents("piped"));
    assertEquals(6, done.tokens());
    byte[] before = Files.readAllBytes(folder.resolve("piped.bin"));
    assertFails(
        Category.DATA,
        () -> Preparer.run(settings, stream("{\"body\": \"one\"}\nplain\n"), heard),
        "standard input line 2",
        "{\"body\": \"...\"}");
    assertArrayEquals(before, Files.readAllBytes(folder.resolve("piped.bin")));
    assertFalse(Files.exists(folder.resolve("piped.prepare")));
  }

  @Test
  void refusesWhatItCannotRead() throws IOException {
    Path cut = folder.resolve("cut.jsonl.gz");
    byte[] whole = Files.readAllBytes(in.resolve("b.jsonl.gz"));
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    refused(Category.DATA, cut.toString(), cut.toString(), "complete");
    Path noText = folder.resolve("latin.txt");
    Files.write(noText, new byte[] {'a', 'b', (byte) 0xE9, 'c'});
    refused(Category.DATA, noText.toString(), "byte at offset 2 is not UTF-8");
    Path blank = Files.writeString(folder.resolve("blank.jsonl"), "\n\n{\"text\": \"\"}\n");
    refused(Category.DATA, blank.toString(), "no text");
    refused(Category.DATA, "gone.txt", "gone.txt does not exist");
    Path table = Files.writeString(folder.resolve("table.parquet"), "PAR1");
    refused(Category.DATA, table.toString(), table + " cannot be read beyond its beginning");
    Path other = Files.writeString(folder.resolve("page.html"), "<p>");
    refused(Category.USAGE, other.toString(), "page.html", ".jsonl");
  }

  private void refused(Category category, String input, String... parts) {
    PrepareSettings settings =
        new PrepareSettings(
            folder.resolve("refused"),
            List.of(input),
            new ByteTokenizer(),
            true,
            "text",
            InputFormat.JSONL,
            0,
            1,
            false,
            false);
    assertFails(category, () -> run(settings, PIECE_BYTES), parts);
    assertTrue(nothingOf("refused.bin", "refused.idx", "refused.json", "refused.prepare"));
  }

  @Test
  void replacesAPairOnlyWhenToldTo() {
    run(settings("out", 2, 0), PIECE_BYTES);
    PrepareSettings again = settings("out", 2, 0);
    PrepareSettings careful =
        new PrepareSettings(
            again.prefix(),
            again.inputs(),
            again.tokenizer(),
            true,
            "text",
            InputFormat.JSONL,
            0,
            2,
            false,
            false);
    assertFails(Category.USAGE, () -> run(careful, PIECE_BYTES), "out.idx", "--overwrite");
    run(again, PIECE_BYTES);
    assertEquals(expected, documents("out"));
  }

  private boolean nothingOf(String... names) {
    return Stream.of(names).noneMatch(name -> Files.exists(folder.resolve(name)));
  }

  private PrepareSettings settings(String name, int threads, long skipBad) {
    return settings(name, threads, skipBad, new ByteTokenizer(), false);
  }

  private PrepareSettings settings(
      String name, int threads, long skipBad, Tokenizer tokenizer, boolean restart) {
    return new PrepareSettings(
        folder.resolve(name),
        List.of(in.toString()),
        tokenizer,
        true,
        "text",
        InputFormat.JSONL,
        skipBad,
        threads,
        true,
        restart);
  }

  private Description run(PrepareSettings settings, int pieceBytes) {
    return Preparer.run(settings, InputStream.nullInputStream(), heard, pieceBytes);
  }

  /** The documents' texts, of a tokenizer whose ids are bytes. */
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

  private void assertSame(String one, String other) throws IOException {
    for (String suffix : new String[] {".bin", ".idx", ".json"}) {
      assertArrayEquals(
          Files.readAllBytes(folder.resolve(one + suffix)),
          Files.readAllBytes(folder.resolve(other + suffix)),
          other + suffix);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(bytes(text));
  }
}
