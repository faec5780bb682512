package dev.troupe.deploy.job;

import dev.troupe.data.corpus.ProgressListener;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Shows how far tokenisation is: on a terminal a line that changes, elsewhere a line at the end.
 *
 * @param out where to
 * @param terminal whether that is a terminal
 */
public record DataProgress(PrintWriter out, boolean terminal) implements ProgressListener {
  @Override
  public void onProgress(Progress progress) {
    boolean done = progress.done() >= progress.total();
    if (!terminal && !done) {
      return;
    }
    double share = progress.total() == 0 ? 1 : (double) progress.done() / progress.total();
    out.printf(
        Locale.ROOT,
        "%s  tokenising %s: %,d of %,d %s (%.0f%%), %,.0f/s%s",
        terminal ? "\r" : "",
        progress.corpus(),
        progress.done(),
        progress.total(),
        progress.unit(),
        100 * share,
        progress.perSecond(),
        terminal && !done ? "" : System.lineSeparator());
    out.flush();
  }
}
