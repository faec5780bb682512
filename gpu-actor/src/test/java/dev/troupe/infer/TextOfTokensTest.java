package dev.troupe.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.data.tokenizer.ByteTokenizer;
import dev.troupe.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextOfTokensTest {
  private final Tokenizer bytes = new ByteTokenizer();
  private final List<String> heard = new ArrayList<>();

  private TextOfTokens text(String... stops) {
    return new TextOfTokens(
        bytes,
        List.of(stops),
        new TextListener() {
          @Override
          public void text(String piece) {
            heard.add(piece);
          }

          @Override
          public void ended(FinishReason reason, int tokens) {
            heard.add(reason.word() + " " + tokens);
          }
        });
  }

  /** Feeds tokens until one is not accepted; returns whether all were. */
  private boolean feed(TextOfTokens text, String tokens) {
    for (int token : bytes.encode(tokens)) {
      if (!text.accept(token)) {
        return false;
      }
    }
    return true;
  }

  @Test
  void aCharacterOfSeveralTokensComesWhole() {
    TextOfTokens text = text();
    assertTrue(feed(text, "é😀!"));
    text.ended(FinishReason.LENGTH);
    assertEquals(List.of("é", "😀", "!", "length 7"), heard);
  }

  @Test
  void theEndOfTheDocumentIsNoText() {
    TextOfTokens text = text();
    assertTrue(feed(text, "a"));
    assertFalse(text.accept(bytes.endOfDocument()));
    text.ended(FinishReason.STOP);
    assertEquals(List.of("a", "stop 2"), heard);
  }

  @Test
  void aStopTextOverSeveralTokensIsNotShown() {
    TextOfTokens text = text("é.");
    assertTrue(feed(text, "caf"));
    assertFalse(feed(text, "é. Then"));
    text.ended(FinishReason.STOP);
    assertEquals(List.of("c", "a", "f", "stop 6"), heard);
  }

  @Test
  void anIncompleteCharacterAtTheEndIsShownAsOne() {
    TextOfTokens text = text("x");
    text.accept(bytes.encode("é")[0]);
    text.ended(FinishReason.LENGTH);
    assertEquals(List.of("\uFFFD", "length 1"), heard);
  }
}
