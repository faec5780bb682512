package dev.troupe.data.tokenizer;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.data.digest.Sha256;
import dev.troupe.data.tokenizer.TokenizerFixtures.Case;
import dev.troupe.data.tokenizer.TokenizerFixtures.Expected;
import dev.troupe.proto.error.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The libraries' own answers are the oracle: ids and texts of hard cases and of many lines. */
class FileTokenizerTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"llama2", "llama3", "pieces.model"})
  void idsAndTextsAreThoseOfTheLibrary(String name) {
    Tokenizer tokenizer = open(name);
    for (Case each : TokenizerFixtures.cases()) {
      Expected expected = expected(name, each);
      assertArrayEquals(expected.ids(), tokenizer.encode(each.text()), () -> name + each.text());
      assertEquals(expected.text(), tokenizer.decode(expected.ids()));
      assertEquals(expected.text(), streamed(new StreamingDecoder(tokenizer), expected.ids()));
    }
  }

  /** A continuation that begins with a space keeps it. */
  @ParameterizedTest
  @ValueSource(strings = {"llama2", "llama3", "pieces.model"})
  void aTextInPartsIsTheText(String name) {
    Tokenizer tokenizer = open(name);
    for (String next : new String[] {"word", " word", "\n  é😀", "日本"}) {
      int[] first = tokenizer.encode("once");
      int[] second = tokenizer.encodeNext(next);
      int[] both = IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
      assertEquals("once" + next, tokenizer.decode(both));
      assertEquals(next, streamed(StreamingDecoder.goingOn(tokenizer), second));
    }
  }

  @Test
  void theEndsOfADocumentAreThoseOfLlama() {
    assertEnds(open("llama2"), OptionalInt.of(1), 2);
    assertEnds(open("llama3"), OptionalInt.of(700), 701);
    assertEnds(open("pieces.model"), OptionalInt.of(1), 2);
    assertEquals(704, open("llama3").vocabSize());
    assertEquals(600, open("llama2").vocabSize());
    assertEquals(600, open("pieces.model").vocabSize());
  }

  @Test
  void aPromptBeginsWithBos() {
    Tokenizer tokenizer = open("llama2");
    int[] ids = tokenizer.encode("once upon");
    int[] prompt = tokenizer.encodePrompt("once upon");
    assertEquals(1, prompt[0]);
    assertArrayEquals(ids, Arrays.copyOfRange(prompt, 1, prompt.length));
    assertArrayEquals(new int[] {1}, tokenizer.encodePrompt(""));
    assertEquals("once upon", tokenizer.decode(prompt));
  }

  @Test
  void settingsWinOverFiles() {
    String path = TokenizerFixtures.path("llama3").toString();
    Tokenizer tokenizer = Tokenizers.open(path, "none", "<|eot_id|>");
    assertEnds(tokenizer, OptionalInt.empty(), 703);
    assertFails(
        Category.USAGE, () -> Tokenizers.open(path, null, "<stop>"), "data.eos = <stop>", path);
    assertFails(Category.USAGE, () -> Tokenizers.open("bytes", "<s>", null), "data.bos = <s>");
  }

  @Test
  void fingerprintIsTheFilesHash() throws IOException {
    byte[] bytes = Files.readAllBytes(TokenizerFixtures.path("llama2/tokenizer.json"));
    assertEquals(Sha256.of(bytes), open("llama2").fingerprint());
  }

  @Test
  void aCopyOfItsFilesIsTheSameTokenizer() throws IOException {
    for (String name : List.of("llama2", "llama3", "pieces.model")) {
      Tokenizer tokenizer = open(name);
      Path copy = Files.createDirectory(folder.resolve(name));
      for (Map.Entry<String, Path> file : tokenizer.files().entrySet()) {
        Files.copy(file.getValue(), copy.resolve(file.getKey()));
      }
      assertEquals(tokenizer.fingerprint(), Tokenizers.open(copy.toString()).fingerprint());
    }
  }

  @Test
  void idsOutsideTheVocabularyAreRefused() {
    Tokenizer tokenizer = open("llama2");
    assertThrows(IllegalArgumentException.class, () -> tokenizer.bytes(600));
    assertThrows(IllegalArgumentException.class, () -> tokenizer.bytes(-1));
  }

  /** Where the first half of a pair of surrogates stands alone there is no character. */
  @Test
  void halfACharacterBecomesAReplacement() {
    Tokenizer tokenizer = open("llama3");
    assertTrue(tokenizer.decode(tokenizer.encode("a\ud800b")).startsWith("a"));
  }

  private static void assertEnds(Tokenizer tokenizer, OptionalInt bos, int eos) {
    assertEquals(bos, tokenizer.beginOfDocument());
    assertEquals(eos, tokenizer.endOfDocument());
    assertEquals(0, tokenizer.bytes(eos).length);
  }

  private static Expected expected(String name, Case each) {
    return switch (name) {
      case "llama2" -> each.llama2();
      case "llama3" -> each.llama3();
      default -> each.pieces();
    };
  }

  private static Tokenizer open(String name) {
    return Tokenizers.open(TokenizerFixtures.path(name).toString());
  }

  private static String streamed(StreamingDecoder decoder, int[] ids) {
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(decoder.accept(id));
    }
    return text.append(decoder.finish()).toString();
  }
}
