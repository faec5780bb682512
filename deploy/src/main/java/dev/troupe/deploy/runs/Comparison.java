package dev.troupe.deploy.runs;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs beside each other: what was set differently, what the losses were after the same steps, and
 * how long they were the same to the bit.
 *
 * @param runs two or more
 * @param smooth losses are means of this many steps
 */
record Comparison(List<RunRecord> runs, int smooth) {
  private static final int ROWS = 10;
  private static final String NOTHING = "-";

  void print(PrintWriter out) {
    out.println();
    settings(out);
    out.println();
    losses(out);
    out.println();
    runs.stream().skip(1).forEach(run -> out.println(agreement(runs.getFirst(), run)));
  }

  private List<String> heading(String first) {
    return Stream.concat(Stream.of(first), runs.stream().map(RunRecord::name)).toList();
  }

  private List<String> row(String first, Function<RunRecord, String> cell) {
    return Stream.concat(Stream.of(first), runs.stream().map(cell)).toList();
  }

  private void settings(PrintWriter out) {
    SortedSet<String> differing = differing();
    if (differing.isEmpty()) {
      out.println("the same settings");
      return;
    }
    TextTable table = new TextTable();
    table.row(heading("setting"));
    differing.forEach(
        key -> table.row(row(key, run -> run.settings().values().getOrDefault(key, NOTHING))));
    table.print(out);
  }

  /** Settings that differ by more than the run's name, which is part of its folders' names. */
  SortedSet<String> differing() {
    SortedSet<String> keys =
        runs.stream()
            .flatMap(run -> run.settings().values().keySet().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    keys.removeIf(key -> runs.stream().map(run -> nameless(run, key)).distinct().count() == 1);
    return keys;
  }

  /** A setting without the run's name, as itself or as a folder of a path. */
  private static List<String> nameless(RunRecord run, String key) {
    Map<String, String> values = run.settings().values();
    String name = values.getOrDefault("run.name", NOTHING);
    return Stream.of(values.getOrDefault(key, NOTHING).split("/", -1))
        .map(part -> part.equals(name) ? "" : part)
        .toList();
  }

  private void losses(PrintWriter out) {
    List<Long> steps = rows();
    if (steps.isEmpty()) {
      out.println("no step that all have done");
      return;
    }
    List<Map<Long, Double>> smoothed =
        runs.stream().map(run -> Smoothing.byStep(run.steps(), smooth)).toList();
    TextTable table = new TextTable();
    table.row(heading("loss after step"));
    for (long step : steps) {
      List<String> cells = new ArrayList<>();
      cells.add(String.format(Locale.ROOT, "%,d", step));
      smoothed.forEach(losses -> cells.add(String.format(Locale.ROOT, "%.4f", losses.get(step))));
      table.row(cells);
    }
    table.print(out);
  }

  /** Some steps that all runs have done, evenly apart, the last of them included. */
  private List<Long> rows() {
    Set<Long> common = null;
    for (RunRecord run : runs) {
      Set<Long> steps = run.steps().stream().map(StepLine::step).collect(Collectors.toSet());
      if (common == null) {
        common = new HashSet<>(steps);
      } else {
        common.retainAll(steps);
      }
    }
    List<Long> sorted = common == null ? List.of() : common.stream().sorted().toList();
    return Stream.iterate(1, i -> i <= ROWS, i -> i + 1)
        .map(i -> i * sorted.size() / ROWS - 1)
        .filter(at -> at >= 0)
        .distinct()
        .map(sorted::get)
        .toList();
  }

  /** How far the losses of two runs are the same to the bit. */
  static String agreement(RunRecord one, RunRecord other) {
    Map<Long, Double> losses =
        one.steps().stream().collect(Collectors.toMap(StepLine::step, StepLine::loss, (a, b) -> b));
    long same = 0;
    for (StepLine line : other.steps()) {
      Double loss = losses.get(line.step());
      if (loss == null) {
        continue;
      }
      if (Double.doubleToLongBits(loss) != Double.doubleToLongBits(line.loss())) {
        return String.format(
            Locale.ROOT,
            "%s and %s: %s; step %,d is the first with another loss",
            one.name(),
            other.name(),
            same == 0
                ? "no losses in common"
                : String.format(Locale.ROOT, "%,d equal losses", same),
            line.step());
      }
      same++;
    }
    return String.format(
        Locale.ROOT,
        same == 0 ? "%s and %s: no step in common" : "%s and %s: the same losses, to the bit",
        one.name(),
        other.name());
  }
}
