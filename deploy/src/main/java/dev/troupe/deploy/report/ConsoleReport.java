package dev.troupe.deploy.report;

import dev.troupe.coordinator.SamplesRecord;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.proto.config.ByteSize;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.MemoryPlan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a person at the terminal sees of a run: what it is, a line every {@code log.every} steps,
 * and at the end where things are and what to type next. Used by one thread.
 */
public final class ConsoleReport {
  private static final int HEADINGS_EVERY = 40;
  private static final String ROW = "%13s  %9s  %9s  %9s  %10s  %8s";

  private static final int SAMPLE_CHARACTERS = 80;

  private final PrintWriter out;
  private final boolean terminal;
  private final JobSpec job;
  private final Eta eta = new Eta();
  private long rows;
  private @Nullable StepMetrics last;
  private @Nullable ValidationRecord lastValidation;
  private @Nullable Path lastCheckpoint;

  /**
   * A report of one run.
   *
   * @param out where to
   * @param terminal whether that is a terminal, which shows bold
   * @param job the run's job
   */
  public ConsoleReport(PrintWriter out, boolean terminal, JobSpec job) {
    this.out = out;
    this.terminal = terminal;
    this.job = job;
  }

  /** The run starts after {@code resumedStep} (0: from the beginning). */
  public void onHeader(MemoryPlan memory, long resumedStep) {
    out.println(bold(job.runName()));
    ConsoleHeader.print(job, memory, out);
    if (resumedStep > 0) {
      out.printf(Locale.ROOT, "  %-12s goes on after step %,d%n", "resume", resumedStep);
    }
    out.println();
    out.flush();
  }

  /** All ranks have allocated and loaded what they need: {@code memoryBytes} on the fullest one. */
  public void onReady(long memoryBytes, double seconds) {
    out.printf(
        Locale.ROOT,
        "  ready in %s, %s allocated a rank%n%n",
        Words.duration(seconds),
        ByteSize.text(memoryBytes));
    out.flush();
  }

  /** The run goes on with another mesh. */
  public void onMesh(long epoch, int dp, int tp, int nodes) {
    onNote(
        String.format(
            Locale.ROOT,
            "mesh %d: dp %d x tp %d on %d node%s",
            epoch,
            dp,
            tp,
            nodes,
            nodes == 1 ? "" : "s"));
  }

  /** Something happened that people want to know. */
  public void onNote(String text) {
    out.println("  " + text);
    out.flush();
  }

  /** Something went wrong and the run goes on. */
  public void onWarning(String text) {
    out.println("  warning: " + text);
    out.flush();
  }

  /** Somebody asked the run to end; {@code reason} says who. */
  public void onStopping(String reason) {
    out.println(
        "  stopping (%s): the step under way is finished and saved; Ctrl-C again ends at once"
            .formatted(reason));
    out.flush();
  }

  /** A step was committed. */
  public void onStep(StepMetrics step) {
    eta.add(step.seconds());
    boolean first = last == null;
    last = step;
    int steps = job.train().steps();
    if (!first && step.step() % job.logEvery() != 0 && step.step() != steps) {
      return;
    }
    if (rows % HEADINGS_EVERY == 0) {
      out.println(
          bold(
              String.format(
                  Locale.ROOT, ROW, "step", "loss", "lr", "grad norm", "tokens/s", "ETA")));
    }
    rows++;
    out.println(
        String.format(
            Locale.ROOT,
            ROW,
            step.step() + "/" + steps,
            String.format(Locale.ROOT, "%.4f", step.loss()),
            String.format(Locale.ROOT, "%.2e", step.lr()),
            String.format(Locale.ROOT, "%.3f", step.gradNorm()),
            String.format(Locale.ROOT, "%,.0f", step.tokensPerSecond()),
            Words.duration(eta.secondsFor(steps - step.step()))));
    out.flush();
  }

  /** The held-out losses after a step. */
  public void onValidation(ValidationRecord validation) {
    lastValidation = validation;
    note(validation.step(), "validation loss " + losses(validation));
  }

  private static String losses(ValidationRecord validation) {
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%.4f", validation.loss()));
    validation
        .sets()
        .forEach((name, loss) -> text.append(String.format(Locale.ROOT, ", %s %.4f", name, loss)));
    return text.toString();
  }

  /** The model has written texts: the beginning of the first one. */
  public void onSamples(SamplesRecord samples) {
    SamplesRecord.Sample first = samples.samples().getFirst();
    int others = samples.samples().size() - 1;
    note(
        samples.step(),
        "sample \"%s\"%s"
            .formatted(
                Words.start(first.prompt() + "|" + first.text(), SAMPLE_CHARACTERS),
                others == 0 ? "" : ", and %d more".formatted(others)));
  }

  /** A checkpoint was published. */
  public void onCheckpoint(long step, Path path, double seconds) {
    lastCheckpoint = path;
    note(step, String.format(Locale.ROOT, "checkpoint %s (%s)", path, Words.duration(seconds)));
  }

  /**
   * The run ended: all steps done, or stopped by the user before.
   *
   * @param folder the run's files
   * @param seconds wall time of this run, resumed steps not counted
   * @param recoveries how often it went on after a failure
   */
  public void onFinished(RunFolder folder, double seconds, Recoveries recoveries) {
    long done = last == null ? 0 : last.step();
    boolean complete = done >= job.train().steps();
    out.println();
    String end =
        complete
            ? String.format(Locale.ROOT, "Finished %,d steps", done)
            : String.format(
                Locale.ROOT, "Stopped after step %,d of %,d", done, job.train().steps());
    out.println(bold(end + " in " + Words.duration(seconds) + "."));
    if (last != null) {
      row("loss", String.format(Locale.ROOT, "%.4f", last.loss()));
    }
    if (lastValidation != null) {
      row("validation", losses(lastValidation));
    }
    if (recoveries.count() > 0) {
      row("recoveries", recoveries.words());
    }
    row("metrics", folder.metrics().toString());
    if (lastCheckpoint != null) {
      row("checkpoint", lastCheckpoint.toString());
    }
    row(
        "next",
        complete
            ? "./troupe generate --prompt \"...\" --checkpoint " + job.checkpoint().dir()
            : "the same command again goes on from here");
    out.flush();
  }

  /** The user ended the run without waiting for a checkpoint. */
  public void onAborted() {
    out.println();
    out.println(
        bold("Ended at once.")
            + " Steps after the last checkpoint are lost; the same command goes on from there.");
    out.flush();
  }

  private void note(long step, String text) {
    out.printf(Locale.ROOT, "%13s  %s%n", step + "/" + job.train().steps(), text);
    out.flush();
  }

  private void row(String what, String text) {
    out.printf(Locale.ROOT, "  %-12s %s%n", what, text);
  }

  private String bold(String text) {
    return terminal ? "\u001b[1m" + text + "\u001b[0m" : text;
  }
}
