package dev.troupe.data;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.data.corpus.ProgressListener;
import dev.troupe.data.order.Batches;
import dev.troupe.data.prepare.InputFormat;
import dev.troupe.data.prepare.PrepareListener;
import dev.troupe.data.prepare.PrepareSettings;
import dev.troupe.data.prepare.Preparer;
import dev.troupe.data.stream.BlendPart;
import dev.troupe.data.stream.TokenStream;
import dev.troupe.data.stream.UnigramEntropy;
import dev.troupe.data.testing.Streams;
import dev.troupe.data.tokenizer.ByteTokenizer;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.spec.BlendSpec;
import dev.troupe.proto.spec.DataOrder;
import dev.troupe.proto.spec.DataSpec;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSourcesTest {
  private static final int VOCAB = 384;

  /** A full name of the biographies. */
  private static final Pattern NAME = Pattern.compile("[A-Z][a-z]+ [A-Z][a-z]+ [A-Z][A-Za-z]+");

  @TempDir Path folder;

  @Test
  void heldOutBiographiesAreOtherWordsAboutKnownPeople() {
    try (DataSet data = open(bios(100, 4, 0.1))) {
      TokenStream heldOut = heldOut(data);
      assertEquals(360, train(data).documents());
      assertEquals(40, heldOut.documents());
      Set<String> known = new HashSet<>();
      Set<String> seen = new HashSet<>();
      for (int d = 0; d < train(data).documents(); d++) {
        String text = text(train(data), d);
        seen.add(text);
        NAME.matcher(text).results().forEach(name -> known.add(name.group()));
      }
      for (int d = 0; d < heldOut.documents(); d++) {
        String text = text(heldOut, d);
        assertFalse(seen.contains(text), text);
        assertTrue(
            NAME.matcher(text).results().anyMatch(name -> known.contains(name.group())), text);
      }
      double entropy = UnigramEntropy.of(train(data));
      assertTrue(entropy > 2.5 && entropy < 3.5, () -> "entropy " + entropy);
    }
  }

  @Test
  void secondOpeningUsesTheCache() throws IOException {
    open(bios(10, 2, 0.1)).close();
    List<Path> before = cached();
    DataSources.open(
            bios(10, 2, 0.1),
            VOCAB,
            progress -> {
              throw new AssertionError("tokenised again: " + progress);
            })
        .close();
    assertEquals(2, before.size());
    assertEquals(before, cached());
  }

  @Test
  void textFileIsSplitInside() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "x".repeat(999));
    try (DataSet data = open(files(file.toString(), null, 0.1))) {
      assertEquals(900, train(data).tokens());
      assertEquals(100, heldOut(data).tokens());
      assertEquals("the training part of " + file, train(data).name());
    }
  }

  @Test
  void validationMayHaveAPathOfItsOwn() throws IOException {
    Path train = Files.writeString(folder.resolve("train.txt"), "abc");
    Path other = Files.writeString(folder.resolve("other.jsonl"), "{\"text\": \"de\"}\n");
    try (DataSet data = open(files(train.toString(), other.toString(), 0.1))) {
      assertArrayEquals(new int[] {'a', 'b', 'c', 256}, Streams.all(train(data)));
      assertArrayEquals(new int[] {'d', 'e', 256}, Streams.all(heldOut(data)));
    }
  }

  @Test
  void fractionZeroHoldsNothingOut() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "abc");
    try (DataSet data = open(files(file.toString(), null, 0))) {
      assertEquals(4, train(data).tokens());
      assertTrue(data.validation().isEmpty());
    }
  }

  @Test
  void pairIsUsedWhereItIsByAnyOfItsNames() throws IOException {
    String prefix = pair();
    for (String path : List.of(prefix, prefix + ".bin", prefix + ".idx")) {
      try (DataSet data = open(files(path, null, 0))) {
        assertEquals(4, train(data).tokens());
      }
    }
    assertEquals(2, cached().size());
  }

  @Test
  void oneSourceMayBeOpenedOnItsOwn() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "abc");
    try (Arena arena = Arena.ofConfined()) {
      TokenStream stream =
          DataSources.open(
              file.toString(),
              bios(1, 1, 0),
              new ByteTokenizer(),
              VOCAB,
              ProgressListener.NONE,
              arena);
      assertArrayEquals(new int[] {'a', 'b', 'c', 256}, Streams.all(stream));
    }
  }

  @Test
  void shouldRefuseReadsAfterClosing() throws IOException {
    DataSet data = open(files(pair(), null, 0));
    data.close();
    assertThrows(IllegalStateException.class, () -> Streams.all(train(data)));
  }

  @Test
  void shouldRefuseAVocabularyThatIsTooSmall() {
    assertFails(
        Category.USAGE,
        () -> DataSources.open(bios(10, 2, 0.1), 256, ProgressListener.NONE),
        "model.vocab is 256",
        "257");
  }

  @Test
  void shouldNameATokenOutsideTheVocabulary() throws IOException {
    String prefix = pair();
    byte[] bin = Files.readAllBytes(Path.of(prefix + ".bin"));
    bin[3] = 2;
    Files.write(Path.of(prefix + ".bin"), bin);
    assertFails(
        Category.DATA, () -> open(files(prefix, null, 0)), ".bin: token 1 has id 610", "384");
  }

  @Test
  void shouldRefuseAnUnfinishedPair() throws IOException {
    String prefix = pair();
    Files.delete(Path.of(prefix + ".idx"));
    assertFails(Category.DATA, () -> open(files(prefix, null, 0)), ".idx does not exist");
  }

  @Test
  void shouldNameTheDataThatIsTooShortForASample() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "abc");
    try (DataSet data = open(files(file.toString(), null, 0))) {
      assertFails(
          Category.DATA,
          () -> Batches.training(train(data), DataOrder.SHUFFLED, 1, 4, 1),
          file + " has 4 tokens");
    }
  }

  @Test
  void shouldRefuseSettingsThatMakeNoSense() {
    assertFails(Category.USAGE, () -> open(bios(10, 1, 0.1)), "data.bios.biographies is 1");
    assertFails(Category.USAGE, () -> open(files("a\0b", null, 0)), "is not a path");
  }

  private String pair() throws IOException {
    Path file = Files.writeString(folder.resolve("source.txt"), "abc");
    open(files(file.toString(), null, 0)).close();
    String idx =
        cached().stream()
            .map(Path::toString)
            .filter(n -> n.endsWith(".idx"))
            .findFirst()
            .orElseThrow();
    return idx.substring(0, idx.length() - ".idx".length());
  }

  private static DataSet open(DataSpec spec) {
    return DataSources.open(spec, VOCAB, ProgressListener.NONE);
  }

  private static String text(TokenStream stream, int document) {
    return new ByteTokenizer().decode(Streams.document(stream, document));
  }

  private DataSpec bios(int people, int biographies, double fraction) {
    return spec("bios", null, new DataSpec.Bios(people, biographies), null, fraction);
  }

  private DataSpec files(@Nullable String path, @Nullable String heldOut, double fraction) {
    return spec("files", path, new DataSpec.Bios(1, 1), heldOut, fraction);
  }

  private DataSpec spec(
      String source,
      @Nullable String path,
      DataSpec.Bios bios,
      @Nullable String heldOut,
      double fraction) {
    return new DataSpec(
        source,
        path,
        folder.resolve("cache").toString(),
        "bytes",
        DataOrder.SHUFFLED,
        bios,
        new DataSpec.Validation(heldOut, fraction, heldOut == null && fraction == 0 ? 0 : 10, 4),
        null,
        null);
  }

  private List<Path> cached() throws IOException {
    try (Stream<Path> entries = Files.list(folder.resolve("cache"))) {
      return entries.sorted().toList();
    }
  }

  private static TokenStream train(DataSet data) {
    assertEquals(1, data.train().size());
    return data.train().getFirst().stream();
  }

  private static TokenStream heldOut(DataSet data) {
    assertEquals(1, data.validation().size());
    return data.validation().getFirst().stream();
  }

  @Test
  void aBlendHoldsOutAPartOfEachSourceAndTagsDocuments() throws IOException {
    Path web = Files.writeString(folder.resolve("web.jsonl"), "{\"text\": \"ab\"}\n".repeat(10));
    Path wiki = Files.writeString(folder.resolve("wiki.jsonl"), "{\"text\": \"c\"}\n".repeat(20));
    BlendSpec blend =
        new BlendSpec(
            List.of(
                new BlendSpec.Source(web.toString(), 3, "w", 0),
                new BlendSpec.Source(wiki.toString(), 1, "k", 2)),
            true);
    DataSpec plain = spec(DataSpec.FILES, web.toString(), new DataSpec.Bios(1, 1), null, 0.1);
    DataSpec spec =
        new DataSpec(
            DataSpec.FILES,
            null,
            plain.cache(),
            plain.tokenizer(),
            plain.order(),
            plain.bios(),
            plain.validation(),
            null,
            null,
            blend,
            false);
    try (DataSet data = DataSources.open(spec, 257, ProgressListener.NONE)) {
      assertEquals(List.of("w", "k"), data.train().stream().map(BlendPart::name).toList());
      assertEquals(List.of(9, 18), documents(data.train()));
      assertEquals(List.of(1, 2), documents(data.validation()));
      assertArrayEquals(
          new int[] {'<', 'w', '>', 'a', 'b', 256},
          Streams.document(data.train().getFirst().stream(), 8));
      assertArrayEquals(
          new int[] {'<', 'k', '>', 'c', 256, '<', 'k', '>', 'c', 256},
          Streams.all(data.validation().getLast().stream()));
    }
  }

  private static List<Integer> documents(List<BlendPart> parts) {
    return parts.stream().map(part -> part.stream().documents()).toList();
  }

  @Test
  void refusesTokensOfAnotherTokenizer() throws IOException {
    Path text = Files.writeString(folder.resolve("a.txt"), "some text");
    Path prefix = folder.resolve("prepared");
    Preparer.run(
        new PrepareSettings(
            prefix,
            List.of(text.toString()),
            new ByteTokenizer(),
            true,
            "text",
            InputFormat.JSONL,
            0,
            1,
            false,
            false),
        InputStream.nullInputStream(),
        new PrepareListener() {
          @Override
          public void resumed(long documents, long tokens) {}

          @Override
          public void skipped(String what) {}

          @Override
          public void progress(State state) {}
        });
    DataSpec spec = spec(DataSpec.FILES, prefix.toString(), new DataSpec.Bios(1, 1), null, 0);
    try (DataSet data = DataSources.open(spec, 257, ProgressListener.NONE)) {
      assertEquals(10, train(data).tokens());
    }
    Path json = folder.resolve("prepared.json");
    String made = new ByteTokenizer().fingerprint();
    Files.writeString(json, Files.readString(json).replace(made, "0123456789abcdef"));
    assertFails(
        Category.DATA,
        () -> DataSources.open(spec, 257, ProgressListener.NONE),
        prefix.toString(),
        "0123456789ab",
        made.substring(0, 12),
        "data.tokenizer");
  }
}
