package dev.troupe.deploy.job;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * Shows how far a long piece of work is and how long it still takes: on a terminal a line that
 * changes, elsewhere a line at the end of each phase. Not thread-safe.
 */
final class PhaseProgress {
  private static final long INTERVAL_NANOS = 250_000_000;

  private final PrintWriter out;
  private final boolean terminal;
  private String phase = "";
  private String unit = "";
  private long total;
  private long started;
  private long shown;

  /** Writes to {@code out}. */
  PhaseProgress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Begins a phase of {@code total} units (plural). */
  void begin(String name, long ofTotal, String units) {
    phase = name;
    total = ofTotal;
    unit = units;
    started = System.nanoTime();
    shown = started;
  }

  /** So many units of the phase are done. */
  void done(long units) {
    long now = System.nanoTime();
    if (terminal && now - shown >= INTERVAL_NANOS) {
      shown = now;
      out.print("\r" + ProgressLine.of(phase, units, total, unit, seconds(now)) + "   ");
      out.flush();
    }
  }

  /** Ends the phase, after so many units. */
  void end(long units) {
    out.printf(
        Locale.ROOT,
        "%s  %s: %,d %s in %.1f s%s%n",
        terminal ? "\r" : "",
        phase,
        units,
        unit,
        seconds(System.nanoTime()),
        terminal ? " ".repeat(40) : "");
    out.flush();
  }

  private double seconds(long now) {
    return Math.max(1e-9, (now - started) * 1e-9);
  }
}
