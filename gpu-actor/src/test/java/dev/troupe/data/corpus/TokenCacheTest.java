package dev.troupe.data.corpus;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.troupe.data.corpus.ProgressListener.Progress;
import dev.troupe.data.indexed.IndexedDataset;
import dev.troupe.data.testing.Streams;
import dev.troupe.data.tokenizer.ByteTokenizer;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCacheTest {
  private static final Tokenizer BYTES = new ByteTokenizer();

  @TempDir Path parent;
  private Path folder = Path.of("");
  private TokenCache cache = new TokenCache(folder);

  @BeforeEach
  void create() {
    folder = parent.resolve("deep/cache");
    cache = new TokenCache(folder);
  }

  @Test
  void documentsEndWithTheirToken() {
    Path prefix = cache.prefix(new Texts("ab", "", "c"), BYTES, ProgressListener.NONE);
    try (Arena arena = Arena.ofConfined()) {
      IndexedDataset dataset = IndexedDataset.open(prefix, "cached", arena);
      assertArrayEquals(new int[] {'a', 'b', 256, 'c', 256}, Streams.all(dataset));
      assertEquals(2, dataset.documents());
      assertEquals(10, Files.size(Path.of(prefix + ".bin")));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void secondUseReadsNothing() throws IOException {
    Texts texts = new Texts("ab");
    Path first = cache.prefix(texts, BYTES, ProgressListener.NONE);
    Path second = cache.prefix(texts, BYTES, ProgressListener.NONE);
    assertEquals(first, second);
    assertEquals(1, texts.uses.get());
    assertEquals(2, names().size());
  }

  @Test
  void otherTextIsAnotherEntry() {
    assertNotEquals(
        cache.prefix(new Texts("ab"), BYTES, ProgressListener.NONE),
        cache.prefix(new Texts("abc"), BYTES, ProgressListener.NONE));
  }

  @Test
  void failingTokenisationLeavesNothing() throws IOException {
    Texts failing = new Texts("ab", Texts.FAIL);
    assertFails(
        Category.DATA, () -> cache.prefix(failing, BYTES, ProgressListener.NONE), "as asked");
    assertEquals(Set.of(), names());
  }

  @Test
  void shouldRefuseACorpusWithoutText() throws IOException {
    Texts empty = new Texts("", "");
    assertFails(
        Category.DATA,
        () -> cache.prefix(empty, BYTES, ProgressListener.NONE),
        "texts has no text");
    assertEquals(Set.of(), names());
  }

  @Test
  void shouldNameTheFolderThatCannotBeWritten() throws IOException {
    Files.writeString(parent.resolve("deep"), "a file where the folder should be");
    assertFails(
        Category.RESOURCE,
        () -> cache.prefix(new Texts("a"), BYTES, ProgressListener.NONE),
        "data.cache",
        folder.toString());
  }

  @Test
  void shouldRemoveWhatAKilledProcessLeftAndNothingElse() throws IOException {
    Files.createDirectories(folder);
    Path old = Files.writeString(folder.resolve("x.tmp-1.bin"), "old");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    Files.writeString(folder.resolve("y.tmp-2.bin"), "another process writes this now");
    Path prefix = cache.prefix(new Texts("a"), BYTES, ProgressListener.NONE);
    String name = prefix.getFileName().toString();
    assertEquals(Set.of("y.tmp-2.bin", name + ".bin", name + ".idx"), names());
  }

  @Test
  void manyAtOnceTokeniseOnce() throws Exception {
    Texts texts = new Texts("ab", "cd");
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      Callable<Path> use = () -> cache.prefix(texts, BYTES, ProgressListener.NONE);
      List<Future<Path>> uses = threads.invokeAll(Stream.generate(() -> use).limit(8).toList());
      Path prefix = uses.getFirst().get();
      for (Future<Path> one : uses) {
        assertEquals(prefix, one.get());
      }
    }
    assertEquals(1, texts.uses.get());
    assertEquals(2, names().size());
  }

  @Test
  void progressEndsAtTheTotal() {
    List<Progress> heard = new ArrayList<>();
    cache.prefix(new Texts("ab", "cd"), BYTES, heard::add);
    Progress last = heard.getLast();
    assertEquals("texts", last.corpus());
    assertEquals(2, last.done());
    assertEquals(2, last.total());
    assertEquals("documents", last.unit());
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  /** Documents in memory; counts how often they are read. */
  private static final class Texts implements Corpus {
    static final String FAIL = "fail";

    private final List<String> texts;
    private final AtomicInteger uses = new AtomicInteger();

    Texts(String... texts) {
      this.texts = List.of(texts);
    }

    @Override
    public String name() {
      return "texts";
    }

    @Override
    public String fingerprint() {
      return texts.toString();
    }

    @Override
    public long total() {
      return texts.size();
    }

    @Override
    public String unit() {
      return "documents";
    }

    @Override
    public void write(DocumentSink sink) {
      uses.incrementAndGet();
      for (String text : texts) {
        if (text.equals(FAIL)) {
          throw TroupeException.data("failed as asked");
        }
        sink.text(text);
        sink.endDocument();
      }
    }
  }
}
