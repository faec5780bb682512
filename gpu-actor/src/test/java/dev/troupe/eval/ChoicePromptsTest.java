package dev.troupe.eval;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.data.tokenizer.ByteTokenizer;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.data.tokenizer.TokenizerFixtures;
import dev.troupe.data.tokenizer.Tokenizers;
import dev.troupe.eval.ChoicePrompts.Prompt;
import dev.troupe.proto.error.Category;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prompts; those of many texts are compared with lm-evaluation-harness's rule in deploy. */
class ChoicePromptsTest {
  private static final Tokenizer BYTES = new ByteTokenizer();
  private static final int END = BYTES.endOfDocument();

  private static Prompt prompt(String prefix, String context, int longest, String... choices) {
    return new ChoicePrompts(BYTES, prefix, longest)
        .of(new ChoiceItem(3, context, List.of(choices), 0), "t.jsonl");
  }

  /** A passage with a bar before what is scored and a hash for the token that ends documents. */
  private static String shown(Passage passage) {
    StringBuilder text = new StringBuilder();
    for (int id : passage.tokens()) {
      text.append(id == END ? '#' : (char) id);
    }
    return text.insert(text.length() - passage.scored(), '|').toString();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "``,1 + 1 =,1 + 1 =| 2",
        "``,1 + 1 =  ,1 + 1 =|   2",
        "``,``,#| 2",
        "``,`  `,#|   2",
        "Q. A_,1 + 1 =,Q. A_1 + 1 =| 2",
        "Q. A_,``,Q. A_| 2"
      })
  void theChoiceBeginsWithTheSpaceBeforeIt(String prefix, String context, String expected) {
    Prompt prompt = prompt(prefix, context, 100, "2", "3");
    assertEquals(expected, shown(prompt.choices().getFirst()));
    assertFalse(prompt.cut());
  }

  @Test
  void lineEndsAfterTheContextCountToTheChoiceToo() {
    assertEquals("a|\n\n b", shown(prompt("", "a\n\n", 100, "b", "c").choices().getFirst()));
  }

  @Test
  void whatIsTooLongLosesItsBeginning() {
    Prompt prompt = prompt("shots ", "context", 8, "2", "choice");
    assertEquals(
        List.of("context| 2", "xt| choice"),
        prompt.choices().stream().map(ChoicePromptsTest::shown).toList());
    assertTrue(prompt.cut());
    assertFalse(prompt("", "context", 8, "2", "3").cut());
    assertEquals(7, prompt("", "context", 7, "2", "3").choices().getFirst().inputs());
  }

  @Test
  void aChoiceThatTheModelCannotTakeIsNamed() {
    assertFails(
        Category.DATA,
        () -> prompt("", "context", 8, "2", "12345678"),
        "t.jsonl line 3",
        "\"choices\"[1]",
        "9 tokens",
        "1 to 8");
  }

  @Test
  void theTokenThatBeginsDocumentsBeginsPrompts() {
    Tokenizer tokenizer =
        Tokenizers.open(TokenizerFixtures.path("llama2/tokenizer.json").toString());
    int begin = tokenizer.beginOfDocument().orElseThrow();
    ChoicePrompts prompts = new ChoicePrompts(tokenizer, "", 100);
    ChoiceItem item = new ChoiceItem(1, "Mdu udm", List.of("io", "ka"), 0);
    Passage passage = prompts.of(item, "t").choices().getFirst();
    assertEquals(begin, passage.tokens()[0]);
    assertArrayEquals(tokenizer.encodePrompt("Mdu udm io"), passage.tokens());
    assertEquals(
        tokenizer.encode("Mdu udm io").length - tokenizer.encode("Mdu udm").length,
        passage.scored());
    Passage empty =
        prompts.of(new ChoiceItem(1, "", List.of("io", "ka"), 0), "t").choices().getFirst();
    assertArrayEquals(tokenizer.encodePrompt(" io"), empty.tokens());
    assertEquals(empty.inputs(), empty.scored());
  }

  @Test
  void solvedQuestionsComeBefore() {
    List<ChoiceItem> items =
        List.of(
            new ChoiceItem(1, "a", List.of("b", "c"), 1),
            new ChoiceItem(2, "d", List.of("e", "f"), 0),
            new ChoiceItem(3, "g", List.of("h", "i"), 0));
    FewShot shots = FewShot.first(2, items, "t");
    assertEquals("a c\n\nd e\n\n", shots.prefix());
    assertEquals(items.subList(2, 3), shots.others());
    assertEquals("", FewShot.first(0, items, "t").prefix());
    assertFails(
        Category.USAGE, () -> FewShot.first(4, items, "t"), "--few-shot = 4", "t has 3 questions");
  }

  @Test
  void theSeedDecidesWhichAreDrawn() {
    List<ChoiceItem> items =
        LongStream.range(0, 30)
            .mapToObj(line -> new ChoiceItem(line, "" + line, List.of("a", "b"), 0))
            .toList();
    FewShot drawn = FewShot.drawn(5, items, "t", 1);
    assertEquals(drawn, FewShot.drawn(5, items, "t", 1));
    assertFalse(drawn.shots().equals(FewShot.drawn(5, items, "t", 2).shots()));
    assertEquals(25, drawn.others().size());
    assertEquals(
        30, Stream.concat(drawn.shots().stream(), drawn.others().stream()).distinct().count());
    long[] lines = drawn.others().stream().mapToLong(ChoiceItem::line).toArray();
    assertArrayEquals(Arrays.stream(lines).sorted().toArray(), lines);
  }
}
