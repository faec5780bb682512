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
class WordSplitterTest {
  private static final Pattern GPT2 =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  @Property
  void splitsAsThePattern(@ForAll("texts") String text) {
    List<String> words = new ArrayList<>();
    WordSplitter.split(text, words::add);
    assertEquals(matches(text), words);
  }

  @Test
  void everyCharacterIsOfThePatternsKind() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        String text = "a" + Character.toString(c) + "1" + Character.toString(c) + "\n";
        List<String> words = new ArrayList<>();
        WordSplitter.split(text, words::add);
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

  private static List<String> matches(String text) {
    List<String> words = new ArrayList<>();
    for (Matcher matcher = GPT2.matcher(text); matcher.find(); ) {
      words.add(matcher.group());
    }
    return words;
  }
}
