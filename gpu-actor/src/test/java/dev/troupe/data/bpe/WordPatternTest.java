package dev.troupe.data.bpe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The oracle is the pattern itself. */
class WordPatternTest {
  private static final Pattern GPT2 =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern LLAMA3 = ignoringCase(Llama3Words.LLAMA3);
  private static final Pattern QWEN = ignoringCase(Llama3Words.QWEN);

  /** In Java, too, the case of all letters is to be ignored, not of the first 128 alone. */
  private static Pattern ignoringCase(String pattern) {
    return Pattern.compile(pattern.replace("(?i:", "(?iu:"), Pattern.UNICODE_CHARACTER_CLASS);
  }

  @Property
  void splitsAsGpt2(@ForAll("texts") String text) {
    assertEquals(matches(GPT2, text), words(new Gpt2Words(), text));
  }

  @Property
  void splitsAsLlama3(@ForAll("texts") String text) {
    assertEquals(matches(LLAMA3, text), words(new Llama3Words(3), text));
  }

  @Property
  void splitsAsQwen(@ForAll("texts") String text) {
    assertEquals(matches(QWEN, text), words(new Llama3Words(1), text));
  }

  private static List<String> words(WordPattern pattern, String text) {
    List<String> words = new ArrayList<>();
    pattern.split(text, words::add);
    return words;
  }

  @Test
  void everyCharacterIsOfThePatternsKind() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        String text = "a" + Character.toString(c) + "1" + Character.toString(c) + "\n";
        List<String> words = words(new Gpt2Words(), text);
        assertEquals(text, String.join("", words));
        boolean letter = Character.isLetter(c);
        assertEquals(
            letter, words.getFirst().length() > 1, () -> "U+%X".formatted(text.codePointAt(1)));
      }
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "a",
            "é",
            "日",
            "\ud835\udc00",
            "1",
            "٣",
            "½",
            " ",
            " ",
            "\n",
            "\t",
            "\u00a0",
            "\u3000",
            "\u0085",
            "'",
            "'s",
            "'re",
            "'S",
            "'lL",
            "'\u017f",
            "\r",
            "\u2028",
            "'v",
            "l",
            "r",
            "!",
            "-",
            "😀",
            "\u0301",
            "\u0000")
        .list()
        .ofMaxSize(12)
        .map(parts -> parts.stream().collect(Collectors.joining()));
  }

  private static List<String> matches(Pattern pattern, String text) {
    List<String> words = new ArrayList<>();
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      words.add(matcher.group());
    }
    return words;
  }
}
