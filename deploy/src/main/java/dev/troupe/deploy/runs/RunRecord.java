package dev.troupe.deploy.runs;

import dev.troupe.deploy.api.ApiFile;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * A run as its folder tells of it.
 *
 * @param name the folder's name
 * @param state {@code running}, how it ended ({@code completed}, {@code stopped}, {@code aborted},
 *     {@code failed}), or {@code interrupted} where it ended without a word
 * @param started when it started first, if it has started
 * @param settings its job
 * @param steps its steps
 * @param validations validation losses by step
 * @param recoveries how often it went on without what it had lost
 */
record RunRecord(
    String name,
    String state,
    Optional<Instant> started,
    Settings settings,
    List<StepLine> steps,
    NavigableMap<Long, Double> validations,
    int recoveries) {

  /**
   * Reads a run's folder.
   *
   * @throws dev.troupe.proto.error.TroupeException of category data that names what is broken
   */
  static RunRecord read(Path path) {
    RunFolder folder = new RunFolder(path);
    History history = History.read(folder.events());
    boolean lives = ApiFile.read(path).map(ApiFile::mayLive).orElse(false);
    List<StepLine> steps = StepReader.read(folder.metrics());
    String end = history.outcome().orElse(steps.isEmpty() ? "not begun" : "interrupted");
    return new RunRecord(
        path.toAbsolutePath().normalize().getFileName().toString(),
        lives ? "running" : end,
        history.started(),
        Settings.read(folder.job()),
        steps,
        history.validations(),
        history.recoveries());
  }

  /** The last step; empty where none is done. */
  Optional<StepLine> last() {
    return steps.isEmpty() ? Optional.empty() : Optional.of(steps.getLast());
  }

  /** Steps that the job asks for. */
  Optional<Integer> stepsWanted() {
    return settings.job().map(job -> job.train().steps());
  }

  /** The model's parameters. */
  Optional<Long> parameters() {
    return settings.job().map(JobSpec::model).map(model -> model.parameters());
  }

  /** Mean loss of the last {@code count} steps; empty where none is done. */
  OptionalDouble meanLoss(int count) {
    return steps.subList(Math.max(0, steps.size() - count), steps.size()).stream()
        .mapToDouble(StepLine::loss)
        .average();
  }

  /** The last validation loss. */
  OptionalDouble validation() {
    Map.Entry<Long, Double> last = validations.lastEntry();
    return last == null ? OptionalDouble.empty() : OptionalDouble.of(last.getValue());
  }

  /** Median of the steps' tokens a second. */
  OptionalDouble speed() {
    if (steps.isEmpty()) {
      return OptionalDouble.empty();
    }
    DoubleStream sorted = steps.stream().mapToDouble(StepLine::tokensPerSecond).sorted();
    return OptionalDouble.of(sorted.skip(steps.size() / 2).findFirst().orElseThrow());
  }
}
