package dev.troupe.deploy.job;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * Shows how far a long evaluation is and how long it still takes: on a terminal a line that changes
 * and goes away at the end, elsewhere a line now and then. What ends soon shows nothing.
 *
 * @param out where to
 * @param terminal whether that is a terminal
 * @param interval between two lines
 */
public record EvalProgress(PrintWriter out, boolean terminal, Duration interval) {
  private static final int WIDTH = 100;

  /**
   * Begins a piece of work.
   *
   * @param what it is about
   * @param total units of it
   * @param unit plural
   */
  Piece begin(String what, long total, String unit) {
    return new Piece(what, total, unit);
  }

  /** A piece of work; hears how many units are done. Not thread-safe. */
  final class Piece implements LongConsumer, AutoCloseable {
    private final String what;
    private final long total;
    private final String unit;
    private final long started = System.nanoTime();
    private long shown = started;
    private boolean any;

    private Piece(String what, long total, String unit) {
      this.what = what;
      this.total = total;
      this.unit = unit;
    }

    @Override
    public void accept(long done) {
      long now = System.nanoTime();
      if (now - shown >= interval.toNanos() && done < total) {
        shown = now;
        any = true;
        String line = ProgressLine.of(what, done, total, unit, (now - started) * 1e-9);
        out.print(terminal ? "\r" + padded(line) : line + System.lineSeparator());
        out.flush();
      }
    }

    @Override
    public void close() {
      if (terminal && any) {
        out.print("\r" + " ".repeat(WIDTH) + "\r");
        out.flush();
      }
    }

    private static String padded(String line) {
      return line.length() >= WIDTH
          ? line.substring(0, WIDTH)
          : line + " ".repeat(WIDTH - line.length());
    }
  }
}
