package dev.troupe.deploy.cli;

import dev.troupe.eval.BlendLoss;
import dev.troupe.eval.TaskScore;
import dev.troupe.eval.TaskScore.Accuracy;
import dev.troupe.eval.TextLoss;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * Prints what an evaluation found, for people.
 *
 * @param out where to
 */
record EvalTable(PrintWriter out) {
  void print(EvalResult result) {
    if (!result.files().isEmpty()) {
      files(result);
    }
    result.blend().ifPresent(this::blend);
    if (!result.tasks().isEmpty()) {
      tasks(result.tasks().stream().map(EvalResult.Task::score).toList());
    }
    out.flush();
  }

  private void files(EvalResult result) {
    out.printf("%10s  %10s  %9s  %12s  %s%n", "loss", "perplexity", "bits/byte", "tokens", "file");
    result.files().forEach(file -> row(file, file.name()));
    if (result.files().size() > 1) {
      row(result.all(), "all");
    }
  }

  private void row(TextLoss text, String name) {
    numbers(text.loss(), text.perplexity(), text.bitsPerByte());
    out.printf(Locale.ROOT, "%,12d  %s%n", text.tokens(), name);
  }

  private void numbers(double loss, double perplexity, double bitsPerByte) {
    out.printf(Locale.ROOT, "%10.4f  %10.3f  %9.4f  ", loss, perplexity, bitsPerByte);
  }

  private void blend(EvalResult.Blend blend) {
    BlendLoss whole = blend.loss();
    out.printf(
        "%10s  %10s  %9s  %12s  %7s  %s%n",
        "loss", "perplexity", "bits/byte", "tokens", "weight", "source");
    double weights = whole.parts().stream().mapToDouble(BlendLoss.Part::weight).sum();
    for (BlendLoss.Part part : whole.parts()) {
      TextLoss text = part.text();
      numbers(text.loss(), text.perplexity(), text.bitsPerByte());
      out.printf(
          Locale.ROOT,
          "%,12d  %6.2f%%  %s%n",
          text.tokens(),
          100 * part.weight() / weights,
          text.name());
    }
    numbers(whole.loss(), whole.perplexity(), whole.bitsPerByte());
    out.printf(
        "%12s  %6.0f%%  %s%n",
        "", 100.0, blend.heldOut() ? "the blend's held-out parts" : "the blend");
  }

  private void tasks(List<TaskScore> tasks) {
    int width = tasks.stream().mapToInt(task -> task.name().length()).max().orElse(0);
    String name = "%-" + Math.max(width, "task".length()) + "s";
    out.printf(name + "  %8s  %5s  %-17s  %s%n", "task", "n", "shots", "acc", "acc_norm");
    for (TaskScore task : tasks) {
      out.printf(
          Locale.ROOT,
          name + "  %,8d  %5d  %-17s  %s%n",
          task.name(),
          task.items().size(),
          task.shots(),
          text(task.accuracy()),
          text(task.accuracyByLength()));
    }
  }

  private static String text(Accuracy accuracy) {
    String mean = String.format(Locale.ROOT, "%.4f", accuracy.mean());
    return Double.isNaN(accuracy.standardError())
        ? mean
        : String.format(Locale.ROOT, "%s ± %.4f", mean, accuracy.standardError());
  }
}
