package dev.troupe.deploy.job;

import dev.troupe.deploy.local.StopSignals;
import dev.troupe.huggingface.CopyProgress;
import dev.troupe.proto.config.ByteSize;
import dev.troupe.proto.error.TroupeException;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far a copy is: on a terminal a line that changes, elsewhere a line every ten seconds
 * and one at the end. Until it is closed, Ctrl-C ends the copy at its next megabyte, so that what
 * was begun is removed.
 */
final class CopyReport implements CopyProgress, AutoCloseable {
  private static final double SECOND = 1e9;
  private static final double TERMINAL_SECONDS = 0.2;
  private static final double LINE_SECONDS = 10;

  private final String verb;
  private final PrintWriter out;
  private final boolean terminal;
  private final StopSignals signals;
  private final long begin = System.nanoTime();
  private double shown;
  private volatile @Nullable String stopped;

  CopyReport(String verb, PrintWriter out, boolean terminal) {
    this.verb = verb;
    this.out = out;
    this.terminal = terminal;
    this.signals = new StopSignals(name -> stopped = name);
  }

  @Override
  public void onBytes(long done, long total) {
    String signal = stopped;
    if (signal != null) {
      throw TroupeException.resource(
          "%s was stopped by %s; what was written so far is removed".formatted(verb, signal));
    }
    double seconds = (System.nanoTime() - begin) / SECOND;
    boolean end = done == total;
    if (!end && seconds - shown < (terminal ? TERMINAL_SECONDS : LINE_SECONDS)) {
      return;
    }
    shown = seconds;
    double rate = done / Math.max(seconds, 1 / SECOND);
    out.printf(
        Locale.ROOT,
        "%s  %s: %s of %s (%d%%), %s/s, %.0f s %s%s",
        terminal ? "\r" : "",
        verb,
        ByteSize.text(done),
        ByteSize.text(total),
        total == 0 ? 100 : 100 * done / total,
        ByteSize.text((long) rate),
        end ? seconds : (total - done) / rate,
        end ? "in all" : "left  ",
        terminal && !end ? "" : System.lineSeparator());
    out.flush();
  }

  @Override
  public void close() {
    signals.close();
  }
}
