package dev.troupe.eval;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.data.stream.TokenStream;
import dev.troupe.data.testing.ArrayStream;
import dev.troupe.data.tokenizer.ByteTokenizer;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.data.tokenizer.TokenizerFixtures;
import dev.troupe.data.tokenizer.Tokenizers;
import dev.troupe.proto.error.Category;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextPassagesTest {
  private static final long ALL = Long.MAX_VALUE;
  private static final Tokenizer BYTES = new ByteTokenizer();
  private static final int END = BYTES.endOfDocument();
  private static final Windows FOUR = new Windows(4, 4, false);
  private static final Windows HALF = new Windows(4, 2, true);

  private static TokenStream documents(String... texts) {
    return new ArrayStream(
        Arrays.stream(texts)
            .map(
                text -> {
                  int[] ids = Arrays.copyOf(BYTES.encode(text), text.length() + 1);
                  ids[text.length()] = END;
                  return ids;
                })
            .toArray(int[][]::new));
  }

  /** Each passage's tokens, with a bar before the scored ones and a dot for an end. */
  private static List<String> shown(TextPassages passages) {
    List<String> all = new ArrayList<>();
    long scored = 0;
    while (passages.hasNext()) {
      Passage passage = passages.next();
      StringBuilder text = new StringBuilder();
      for (int id : passage.tokens()) {
        text.append(id == END ? '.' : (char) id);
      }
      all.add(text.insert(text.length() - passage.scored(), '|').toString());
      scored += passage.scored();
    }
    assertEquals(passages.targets(), scored);
    return all;
  }

  @Test
  void aStreamIsScoredAcrossTheEndsOfItsDocuments() {
    StreamPassages text = new StreamPassages(documents("abc", "defg"), BYTES, FOUR, ALL);
    assertEquals(8, text.targets());
    assertEquals(6, text.bytes());
    assertEquals(List.of("a|bc.d", "d|efg."), shown(text));
    assertEquals(
        List.of("a|bc.d", "c.d|ef", "def|g."),
        shown(new StreamPassages(documents("abc", "defg"), BYTES, HALF, ALL)));
  }

  @Test
  void aStreamCanBeCut() {
    StreamPassages text = new StreamPassages(documents("abc", "defg"), BYTES, FOUR, 5);
    assertEquals(5, text.targets());
    assertEquals(4, text.bytes());
    assertEquals(List.of("a|bc.d", "d|e"), shown(text));
  }

  @Test
  void documentsAreScoredOnTheirOwnWithoutTheirEnds() {
    TokenStream stream = documents("abc", "", "defghi");
    DocumentPassages text = new DocumentPassages(stream, BYTES, HALF, ALL);
    assertEquals(9, text.targets());
    assertEquals(9, text.bytes());
    assertEquals(List.of(".|abc", ".|defg", "efg|hi"), shown(text));
    assertEquals(List.of(".|abc", ".|defg"), shown(new DocumentPassages(stream, BYTES, HALF, 7)));
  }

  @Test
  void whereThereIsNothingToScoreIsSaid() {
    assertFails(
        Category.DATA, () -> new StreamPassages(documents(""), BYTES, FOUR, ALL), "1 token(s)");
    assertFails(
        Category.DATA,
        () -> new DocumentPassages(documents("", ""), BYTES, FOUR, ALL),
        "no document with text");
  }

  @Test
  void bytesAreThoseOfTheTextWhateverTheTokensAre() {
    List<String> texts = List.of("Mdu udm, café 日月 x", " two  spaces", "", "😀 qqq");
    for (String name : List.of("llama2", "llama3")) {
      Tokenizer tokenizer =
          Tokenizers.open(TokenizerFixtures.path(name + "/tokenizer.json").toString());
      int[][] tokens = texts.stream().map(text -> withEnds(text, tokenizer)).toArray(int[][]::new);
      TokenStream stream = new ArrayStream(tokens);
      long bytes =
          texts.stream().mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length).sum();
      assertEquals(bytes, new StreamPassages(stream, tokenizer, FOUR, ALL).bytes(), name);
      assertEquals(bytes, new DocumentPassages(stream, tokenizer, FOUR, ALL).bytes(), name);
    }
  }

  private static int[] withEnds(String text, Tokenizer tokenizer) {
    int[] prompt = tokenizer.encodePrompt(text);
    int[] ids = Arrays.copyOf(prompt, prompt.length + 1);
    ids[prompt.length] = tokenizer.endOfDocument();
    return ids;
  }

  @Test
  void tokensOfAnotherTokenizerAreNamed() {
    TokenStream stream = new ArrayStream(new int[] {1, 300, 2});
    assertFails(
        Category.DATA,
        () -> new StreamPassages(stream, BYTES, FOUR, ALL).bytes(),
        "test data",
        "300",
        "257 ids");
  }
}
