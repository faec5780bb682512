package dev.troupe.deploy.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvalProgressTest {
  private final StringWriter out = new StringWriter();

  private void work(boolean terminal, Duration interval) {
    EvalProgress progress = new EvalProgress(new PrintWriter(out), terminal, interval);
    try (EvalProgress.Piece piece = progress.begin("books", 4000, "tokens")) {
      piece.accept(1000);
      piece.accept(3000);
      piece.accept(4000);
    }
  }

  @Test
  void linesTellHowMuchIsLeft() {
    work(false, Duration.ZERO);
    List<String> lines = out.toString().lines().toList();
    assertEquals(2, lines.size());
    String number = "[0-9,]+";
    assertTrue(
        lines
            .getFirst()
            .matches(
                "  books: 1,000 of 4,000 tokens \\(25%\\), #/s, # s left".replace("#", number)),
        out::toString);
    assertTrue(lines.getLast().startsWith("  books: 3,000 of 4,000 tokens (75%)"), out::toString);
  }

  @Test
  void aTerminalIsLeftClean() {
    work(true, Duration.ZERO);
    String[] shown = out.toString().split("\r", -1);
    assertEquals(5, shown.length); // before, two lines, blanks, and nothing
    assertTrue(shown[2].startsWith("  books: 3,000 of 4,000 tokens (75%)"), shown[2]);
    assertTrue(shown[3].isBlank() && shown[3].length() >= shown[2].length(), out::toString);
    assertEquals("", shown[4]);
  }

  @Test
  void whatEndsSoonShowsNothing() {
    work(true, Duration.ofHours(1));
    assertEquals("", out.toString());
  }
}
