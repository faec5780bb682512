package dev.troupe.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.eval.Windows.Window;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowsTest {
  private static List<Window> all(Windows windows, long targets) {
    return LongStream.range(0, windows.count(targets))
        .mapToObj(number -> windows.window(number, targets))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "8, 8, true, 1", "8, 8, true, 8", "8, 8, true, 9", "8, 8, true, 64", "8, 3, true, 8",
    "8, 3, true, 11", "8, 3, true, 12", "8, 1, true, 40", "1, 1, true, 5", "8, 8, false, 7",
    "8, 8, false, 8", "8, 8, false, 21"
  })
  void everyTargetIsScoredOnceWithEnoughBeforeIt(
      int context, int stride, boolean full, long targets) {
    long next = 0;
    for (Window window : all(new Windows(context, stride, full), targets)) {
      long end = window.first() + window.inputs();
      assertEquals(next, end - window.scored());
      assertTrue(window.first() >= 0 && end <= targets, window::toString);
      assertTrue(window.inputs() <= context, window::toString);
      if (full && next > 0) {
        assertEquals(context, window.inputs());
        assertTrue(window.scored() <= stride, window::toString);
      }
      next = end;
    }
    assertEquals(targets, next);
  }

  @Test
  void theLastWindowLooksBackOrIsShort() {
    assertEquals(
        List.of(new Window(0, 8, 8), new Window(3, 8, 3)), all(new Windows(8, 8, true), 11));
    assertEquals(
        List.of(new Window(0, 8, 8), new Window(8, 3, 3)), all(new Windows(8, 8, false), 11));
  }

  @Test
  void refusesAStrideThatLeavesTokensOutAndWindowsThatDoNotExist() {
    assertThrows(IllegalArgumentException.class, () -> new Windows(8, 9, true));
    assertThrows(IllegalArgumentException.class, () -> new Windows(8, 0, true));
    assertThrows(IllegalArgumentException.class, () -> new Windows(8, 4, false));
    Windows windows = new Windows(8, 8, true);
    assertThrows(IndexOutOfBoundsException.class, () -> windows.window(1, 8));
  }
}
