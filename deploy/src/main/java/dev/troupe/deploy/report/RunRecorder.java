package dev.troupe.deploy.report;

import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.SamplesRecord;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.Precision;
import dev.troupe.train.MemoryPlan;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a run reports to its files and shows it on the console. Called on one thread; closes
 * its files with the last report.
 */
public final class RunRecorder implements RunListener {
  private static final String MESSAGE = "message";

  private final RunFolder folder;
  private final ConsoleReport console;
  private final InstantSource clock;
  private final MetricsLog metrics;
  private final SamplesLog samples;
  private final EventLog events;
  private final List<String> sources;
  private final long startMillis;
  private long plannedBytes;
  private boolean headed;
  private boolean ready;
  private Recoveries recoveries = Recoveries.NONE;
  private double flopsPerToken;
  private OptionalDouble peak = OptionalDouble.empty();

  /**
   * Opens the logs of a run.
   *
   * @param folder the run's files
   * @param console what people see
   * @param sources names of the sources of the job's blend; empty without one
   * @param clock tells the time
   */
  public RunRecorder(
      RunFolder folder, ConsoleReport console, List<String> sources, InstantSource clock) {
    this.folder = folder;
    this.console = console;
    this.sources = List.copyOf(sources);
    this.clock = clock;
    this.metrics = MetricsLog.open(folder.metrics());
    this.samples = new SamplesLog(folder.samples());
    this.events = EventLog.open(folder.events(), clock);
    this.startMillis = clock.millis();
  }

  @Override
  public void onHeader(RunHeader header) {
    JobSpec job = header.job();
    metrics.goOnAfter(header.resumeStep());
    samples.goOnAfter(header.resumeStep());
    flopsPerToken = ModelFlops.perToken(job.model(), job.train().seqLength());
    peak =
        job.precision() == Precision.BF16
            ? ModelFlops.peak(header.device())
            : OptionalDouble.empty();
    MemoryPlan plan = MemoryPlan.of(job, header.tp(), header.dp(), 0, header.nodes().size() > 1);
    plannedBytes = plan.total();
    if (headed) {
      console.onMesh(header.epoch(), header.dp(), header.tp(), header.nodes().size());
      return; // its plan is an event of its own
    }
    headed = true;
    console.onHeader(plan, header.resumeStep());
    events.append(
        "started",
        Map.of(
            "epoch", header.epoch(),
            "tp", header.tp(),
            "dp", header.dp(),
            "resume_step", header.resumeStep()));
  }

  @Override
  public void onReady(RunReady ready) {
    if (!this.ready) {
      console.onReady(Collections.max(ready.memoryBytes()), ready.seconds());
    }
    this.ready = true;
    events.append(
        "ready",
        Map.of(
            "epoch", ready.epoch(),
            "planned_bytes", plannedBytes,
            "memory_bytes", ready.memoryBytes(),
            "seconds", ready.seconds()));
  }

  @Override
  public void onStep(StepRecord step) {
    StepMetrics line =
        new StepMetrics(
            step.step(),
            step.loss(),
            step.gradNorm(),
            step.lr(),
            step.tokens(),
            step.stepSeconds(),
            utilisation(step),
            step.epoch(),
            step.dp(),
            step.tp(),
            sourceLosses(step));
    metrics.step(line);
    console.onStep(line);
  }

  /** By name; a source that the step has no tokens of has no loss. */
  private Map<String, Double> sourceLosses(StepRecord step) {
    Map<String, Double> losses = new LinkedHashMap<>();
    for (int i = 0; i < step.sourceLosses().size(); i++) {
      double loss = step.sourceLosses().get(i);
      if (!Double.isNaN(loss)) {
        losses.put(sources.get(i), loss);
      }
    }
    return losses;
  }

  /** Model FLOPs utilisation; null where the devices' peak is not known. */
  private @Nullable Double utilisation(StepRecord step) {
    if (peak.isEmpty() || step.stepSeconds() <= 0) {
      return null;
    }
    double perSecond = flopsPerToken * step.tokens() / step.stepSeconds();
    return perSecond / (peak.getAsDouble() * step.tp() * step.dp());
  }

  @Override
  public void onValidation(ValidationRecord validation) {
    console.onValidation(validation);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("step", validation.step());
    fields.put("loss", validation.loss());
    if (!validation.sets().isEmpty()) {
      fields.put("losses", validation.sets());
    }
    fields.put("seconds", validation.seconds());
    fields.put("epoch", validation.epoch());
    events.append("validation", fields);
  }

  @Override
  public void onSamples(SamplesRecord record) {
    samples.append(record);
    console.onSamples(record);
  }

  @Override
  public void onCheckpoint(CheckpointRecord checkpoint) {
    Path path = shown(checkpoint.path());
    console.onCheckpoint(checkpoint.step(), path, checkpoint.seconds());
    events.append(
        "checkpoint",
        Map.of(
            "step", checkpoint.step(),
            "path", path.toString(),
            "seconds", checkpoint.seconds()));
  }

  /** As people would write it: without the folder that the program was called in. */
  private static Path shown(Path path) {
    Path here = Path.of("").toAbsolutePath();
    return path.startsWith(here) ? here.relativize(path) : path;
  }

  @Override
  public void onEvent(RunEvent event) {
    switch (event.type()) {
      case "stop-requested" -> console.onStopping(String.valueOf(event.fields().get("reason")));
      case "recovered" -> {
        console.onNote(EventWords.of(event));
        recoveries = recoveries.plus(event);
      }
      case "drain-requested", "scale-requested", "node-released" ->
          console.onNote(EventWords.of(event));
      case "node-joined" -> {
        if (ready) { // those that a run begins with were named when they were started
          console.onNote(EventWords.of(event));
        }
      }
      default -> {
        // What ends the run is told at its end.
        if (event.severity() == RunEvent.Severity.WARNING) {
          console.onWarning(EventWords.of(event));
        }
      }
    }
    events.append(event.type(), event.fields());
  }

  @Override
  public void onFinished(RunResult result) {
    events.append(
        "finished",
        Map.of(
            "outcome",
            result.outcome().name().toLowerCase(Locale.ROOT),
            "step",
            result.step(),
            "exit_code",
            result.exitCode(),
            MESSAGE,
            result.message()));
    metrics.close();
    samples.close();
    events.close();
    if (result.outcome() == RunResult.Outcome.ABORTED) {
      console.onAborted();
    } else if (result.exitCode() == 0) {
      console.onFinished(folder, (clock.millis() - startMillis) / 1e3, recoveries);
    }
  }
}
