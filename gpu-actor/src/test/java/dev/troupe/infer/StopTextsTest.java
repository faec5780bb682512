package dev.troupe.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StopTextsTest {
  @Test
  void withoutStopTextsEverythingIsShownAtOnce() {
    StopTexts none = new StopTexts(List.of());
    assertEquals("abc", none.accept("abc"));
    assertEquals("", none.finish());
    assertFalse(none.found());
  }

  @Test
  void holdsBackWhatMayBecomeAStopText() {
    StopTexts stops = new StopTexts(List.of("\n\nEnd", "!!"));
    assertEquals("one", stops.accept("one\n"));
    assertEquals("", stops.accept("\nE"));
    assertEquals("\n\nElse", stops.accept("lse!"));
    assertEquals("! ", stops.accept(" "));
    assertEquals("two", stops.accept("two\n\nEn"));
    assertEquals("", stops.accept("d of the story"));
    assertTrue(stops.found());
    assertEquals("", stops.accept("more"));
    assertEquals("", stops.finish());
  }

  @Test
  void whatWasHeldBackComesAtTheEnd() {
    StopTexts stops = new StopTexts(List.of("STOP"));
    assertEquals("a", stops.accept("aST"));
    assertEquals("ST", stops.finish());
    assertFalse(stops.found());
  }

  @Test
  void anyCutIntoPiecesShowsTheTextBeforeTheFirstStop() {
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 3000; round++) {
      String text = letters(random, 30);
      List<String> stops = List.of(letters(random, 4), letters(random, 3));
      StopTexts cut = new StopTexts(stops);
      StringBuilder shown = new StringBuilder();
      for (int at = 0; at < text.length() && !cut.found(); ) {
        int end = Math.min(text.length(), at + 1 + random.nextInt(4));
        shown.append(cut.accept(text.substring(at, end)));
        at = end;
      }
      shown.append(cut.finish());
      int first = stops.stream().mapToInt(text::indexOf).filter(i -> i >= 0).min().orElse(-1);
      if (first < 0) {
        assertEquals(text, shown.toString());
      } else if (cut.found()) {
        // A stop text that begins earlier may be complete only after another one.
        assertTrue(text.startsWith(shown.toString()) && shown.length() >= first, stops::toString);
        String rest = text.substring(shown.length());
        assertTrue(stops.stream().anyMatch(rest::startsWith), rest);
      }
      assertEquals(first >= 0, cut.found());
    }
  }

  private static String letters(SplittableRandom random, int most) {
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(most);
    for (int i = 0; i < length; i++) {
      text.append(random.nextBoolean() ? 'a' : 'b');
    }
    return text.toString();
  }
}
