package dev.troupe.data.bpe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.data.tokenizer.TokenizerFixtures;
import dev.troupe.data.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The oracle is what the tokenizers library learns from the same corpus. */
class BpeTrainerTest {
  @TempDir private Path folder;

  @Test
  void tokensAndMergesAreThoseOfTheLibrary() {
    BpeVocabulary learnt = learn(2, List.of(TokenizerFixtures.corpus()), 1500);
    TokenizerFixtures.Learnt expected = TokenizerFixtures.learnt();
    assertEquals(expected.tokens(), learnt.tokens());
    assertEquals(
        expected.merges(),
        learnt.merges().stream().map(pair -> pair.getKey() + " " + pair.getValue()).toList());
  }

  @Test
  void theFileDependsOnTheTextAlone() {
    List<String> lines = TokenizerFixtures.corpus().lines().map(line -> line + "\n").toList();
    String one = BpeFile.write(learn(1, lines, 600));
    assertEquals(one, BpeFile.write(learn(3, lines, 600)));
    assertEquals(one, BpeFile.write(learn(2, lines.reversed(), 600)));
    assertNotEquals(one, BpeFile.write(learn(1, lines.subList(0, 700), 600)));
  }

  @Test
  void theFileIsATokenizer() throws IOException {
    String corpus = TokenizerFixtures.corpus();
    Path file = folder.resolve("mine.json");
    Files.writeString(file, BpeFile.write(learn(2, List.of(corpus), 1000)));
    Tokenizer tokenizer = Tokenizers.open(file.toString());
    assertEquals(1000, tokenizer.vocabSize());
    assertEquals(0, tokenizer.beginOfDocument().orElseThrow());
    assertEquals(1, tokenizer.endOfDocument());
    int[] ids = tokenizer.encode(corpus);
    assertEquals(corpus, tokenizer.decode(ids));
    int bytes = corpus.getBytes(StandardCharsets.UTF_8).length;
    assertFalse(ids.length > bytes / 2, () -> ids.length + " tokens for " + bytes + " bytes");
  }

  @Test
  void whereTheTextGivesNoMoreItEnds() {
    BpeVocabulary learnt = learn(1, List.of("ab ab"), 8000);
    // a b, then the space and ab.
    assertEquals(List.of(Map.entry("a", "b"), Map.entry("\u0120", "ab")), learnt.merges());
    assertEquals(BpeVocabulary.SMALLEST + 2, learnt.tokens().size());
  }

  @Test
  void noMergeMakesASpecialToken() {
    BpeVocabulary learnt =
        new BpeTrainer("end", "ab").train(Map.of("ab", 9L, "abc", 5L, "end", 9L), 300, n -> {});
    assertEquals(0, learnt.tokens().indexOf("end"));
    assertEquals(0, learnt.tokens().lastIndexOf("end"));
    assertFalse(learnt.merges().contains(Map.entry("a", "b")));
    assertFalse(learnt.merges().contains(Map.entry("en", "d")));
    assertFalse(learnt.merges().contains(Map.entry("e", "nd")));
  }

  @Test
  void progressGoesUpToTheLastToken() {
    List<Integer> heard = new ArrayList<>();
    new BpeTrainer("<s>", "</s>").train(Map.of("abcd", 3L), 261, heard::add);
    assertEquals(List.of(259, 260, 261), heard);
  }

  @Test
  void specialTokensMustDiffer() {
    assertThrows(IllegalArgumentException.class, () -> new BpeTrainer("<s>", "<s>"));
  }

  private static BpeVocabulary learn(int threads, List<String> pieces, int size) {
    try (WordCounter counter = new WordCounter(threads)) {
      pieces.forEach(counter::add);
      return new BpeTrainer("<s>", "</s>").train(counter.counts(), size, tokens -> {});
    }
  }
}
