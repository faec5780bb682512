package dev.troupe.deploy.job;

import dev.troupe.data.prepare.Description;
import dev.troupe.data.prepare.InputFormat;
import dev.troupe.data.prepare.PrepareListener;
import dev.troupe.data.prepare.PrepareSettings;
import dev.troupe.data.prepare.Preparer;
import dev.troupe.data.tokenizer.Tokenizers;
import dev.troupe.deploy.cli.PrepareJob;
import dev.troupe.deploy.report.Words;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * {@code troupe data prepare}.
 *
 * @param standardInput what {@code -} stands for
 * @param err hears how far it is
 * @param terminal whether that is a terminal
 */
public record DataPreparation(InputStream standardInput, PrintWriter err, boolean terminal)
    implements PrepareJob {
  @Override
  public void run(Request request, PrintWriter out) {
    int threads =
        request.threads() == 0 ? Runtime.getRuntime().availableProcessors() : request.threads();
    PrepareSettings settings =
        new PrepareSettings(
            request.prefix(),
            request.inputs(),
            Tokenizers.open(request.tokenizer(), request.bos(), request.eos()),
            request.appendEos(),
            request.field(),
            switch (request.format()) {
              case TEXT -> InputFormat.TEXT;
              case JSONL -> InputFormat.JSONL;
            },
            request.skipBad(),
            threads,
            request.overwrite(),
            request.restart());
    long started = System.nanoTime();
    Description done = Preparer.run(settings, standardInput, new Console(err, terminal));
    double seconds = (System.nanoTime() - started) * 1e-9;
    if (terminal) {
      err.print("\r" + " ".repeat(79) + "\r");
      err.flush();
    }
    out.printf(
        Locale.ROOT,
        "%s: %,d documents, %,d tokens (%s), in %s%n",
        request.prefix(),
        done.documents(),
        done.tokens(),
        done.dtype(),
        Words.duration(seconds));
    if (done.empty() > 0 || done.skipped() > 0) {
      out.printf(
          Locale.ROOT,
          "  left out: %,d documents without text, %,d bad lines%n",
          done.empty(),
          done.skipped());
    }
    out.println("Look at it:  ./troupe data inspect " + request.prefix());
    out.println(
        "Train on it: ./troupe train data.path=%s data.tokenizer=%s"
            .formatted(request.prefix(), done.tokenizer().name()));
    out.flush();
  }

  /** Shows how far it is: on a terminal a line that changes, elsewhere a line now and then. */
  private static final class Console implements PrepareListener {
    private static final double SECONDS_A_LINE = 30;

    private final PrintWriter err;
    private final boolean terminal;
    private double shown;

    Console(PrintWriter err, boolean terminal) {
      this.err = err;
      this.terminal = terminal;
    }

    @Override
    public void resumed(long documents, long tokens) {
      err.printf(Locale.ROOT, "  going on after %,d documents, %,d tokens%n", documents, tokens);
      err.flush();
    }

    @Override
    public void skipped(String what) {
      err.println((terminal ? "\r" : "") + "warning: " + what + "; passed over");
    }

    @Override
    public void progress(State state) {
      if (!terminal && state.seconds() - shown < SECONDS_A_LINE) {
        return;
      }
      shown = state.seconds();
      String share =
          state.totalBytes() == 0
              ? "%,d MB".formatted(state.bytes() / 1_000_000)
              : "%.1f%%".formatted(100.0 * state.bytes() / state.totalBytes());
      double left = state.secondsLeft();
      err.printf(
          Locale.ROOT,
          "%s  %s, %s documents, %s tokens, %.1f MB/s, %s tokens/s%s%s",
          terminal ? "\r" : "",
          share,
          Words.count(state.documents()),
          Words.count(state.tokens()),
          state.newBytes() / state.seconds() / 1e6,
          Words.count((long) (state.newTokens() / state.seconds())),
          Double.isNaN(left) ? "" : ", " + Words.duration(left) + " left",
          terminal ? "   " : System.lineSeparator());
      err.flush();
    }
  }
}
