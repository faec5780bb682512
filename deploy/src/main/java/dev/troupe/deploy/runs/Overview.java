package dev.troupe.deploy.runs;

import dev.troupe.deploy.report.Words;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A line a run.
 *
 * @param smooth the loss is the mean of this many last steps
 * @param zone that times are shown in
 */
record Overview(int smooth, ZoneId zone) {
  private static final String NOTHING = "-";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);
  private static final List<String> HEAD =
      List.of(
          "run",
          "state",
          "steps",
          "loss",
          "validation",
          "tokens",
          "tokens/s",
          "model",
          "tp x dp",
          "time",
          "recoveries",
          "started");

  void print(List<RunRecord> runs, PrintWriter out) {
    TextTable table = new TextTable();
    table.row(HEAD);
    runs.forEach(run -> table.row(cells(run)));
    table.print(out);
    if (smooth > 1) {
      out.printf(Locale.ROOT, "%nloss: mean of the last %,d steps%n", smooth);
    }
  }

  private List<String> cells(RunRecord run) {
    Optional<StepLine> last = run.last();
    return List.of(
        run.name(),
        run.state(),
        steps(run),
        number("%.4f", run.meanLoss(smooth)),
        number("%.4f", run.validation()),
        last.map(step -> Words.count(step.tokens())).orElse(NOTHING),
        number("%,.0f", run.speed()),
        run.parameters().map(Words::count).orElse(NOTHING),
        last.map(step -> step.tp() + " x " + step.dp()).orElse(NOTHING),
        last.map(step -> Words.duration(step.seconds())).orElse(NOTHING),
        Integer.toString(run.recoveries()),
        run.started().map(this::time).orElse(NOTHING));
  }

  private static String steps(RunRecord run) {
    long done = run.last().map(StepLine::step).orElse(0L);
    return run.stepsWanted()
        .map(wanted -> String.format(Locale.ROOT, "%,d of %,d", done, wanted))
        .orElseGet(() -> String.format(Locale.ROOT, "%,d", done));
  }

  private static String number(String format, OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : NOTHING;
  }

  private String time(Instant instant) {
    return TIME.format(instant.atZone(zone));
  }
}
