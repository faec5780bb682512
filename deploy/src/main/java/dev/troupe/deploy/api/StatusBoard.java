package dev.troupe.deploy.api;

import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.SamplesRecord;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.deploy.api.RunStatus.State;
import dev.troupe.proto.spec.JobSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a run's status from what the run reports. The listener's thread writes; any thread reads,
 * without a lock, what was true after some report.
 */
public final class StatusBoard implements RunListener, Supplier<RunStatus> {
  private static final int MEDIAN_OF = 51;

  private final String run;
  private final Instant startedAt;
  private final MovingMedian seconds = new MovingMedian(MEDIAN_OF);
  private final NodeList nodes = new NodeList();
  private State state = State.GATHERING;
  private long step;
  private long steps;
  private RunStatus.@Nullable LastStep lastStep;
  private RunStatus.@Nullable Mesh mesh;
  private RunStatus.@Nullable Checkpoint checkpoint;
  private RunStatus.@Nullable Validation validation;
  private RunStatus.Totals totals = RunStatus.Totals.NONE;
  private RunStatus.@Nullable End end;
  private final CompletableFuture<Boolean> firstStep = new CompletableFuture<>();
  private volatile RunStatus published;

  /**
   * The board of a run that begins now.
   *
   * @param job what is run
   * @param resumeStep committed steps it goes on from
   * @param clock tells the time
   */
  public StatusBoard(JobSpec job, long resumeStep, InstantSource clock) {
    this.run = job.runName();
    this.steps = job.train().steps();
    this.step = resumeStep;
    this.startedAt = clock.instant();
    this.published = snapshot();
  }

  /** The run's status after its latest report. */
  @Override
  public RunStatus get() {
    return published;
  }

  /** Completes when this process has committed its first step; never, if it does none. */
  public CompletableFuture<Boolean> firstStep() {
    return firstStep.copy();
  }

  @Override
  public void onHeader(RunHeader header) {
    move(State.STARTING);
    step = header.resumeStep();
    steps = header.job().train().steps();
    mesh = new RunStatus.Mesh(header.epoch(), header.dp(), header.tp());
    nodes.assign(header.nodes());
    publish();
  }

  @Override
  public void onReady(RunReady ready) {
    move(State.TRAINING);
    publish();
  }

  @Override
  public void onStep(StepRecord record) {
    step = record.step();
    mesh = new RunStatus.Mesh(record.epoch(), record.dp(), record.tp());
    double took = record.stepSeconds();
    lastStep =
        new RunStatus.LastStep(
            record.loss(),
            record.lr(),
            record.gradNorm(),
            record.tokens(),
            took > 0 ? record.tokens() / took : 0,
            took,
            seconds.add(took));
    totals = totals.step(record.tokens(), took);
    if (step >= steps) {
      move(State.SAVING);
    }
    publish();
    firstStep.complete(true);
  }

  @Override
  public void onValidation(ValidationRecord record) {
    validation =
        new RunStatus.Validation(
            record.step(),
            record.loss(),
            record.seconds(),
            record.sets().entrySet().stream()
                .map(set -> new RunStatus.SetLoss(set.getKey(), set.getValue()))
                .toList());
    publish();
  }

  @Override
  public void onSamples(SamplesRecord samples) {}

  @Override
  public void onCheckpoint(CheckpointRecord record) {
    checkpoint =
        new RunStatus.Checkpoint(record.step(), record.path().toString(), record.seconds());
    totals = totals.checkpoint();
    publish();
  }

  @Override
  public void onEvent(RunEvent event) {
    switch (event.type()) {
      case "node-joined" -> nodes.joined(text(event, "node"), number(event, "devices"));
      case "node-lost" -> nodes.lost(text(event, "node"));
      case "drain-requested" -> nodes.leaving(text(event, "node"));
      case "node-released" -> nodes.released(text(event, "node"));
      case "regrouping" -> move(State.REGROUPING);
      case "waiting-for-nodes" -> move(State.GATHERING);
      case "recovered" -> totals = totals.recovered(event);
      case "checkpoint-failed" -> totals = totals.checkpointFailure();
      case "stop-requested", "abort-requested" -> state = State.STOPPING;
      default -> {}
    }
    publish();
  }

  @Override
  public void onFinished(RunResult result) {
    state = State.FINISHED;
    step = result.step();
    end =
        new RunStatus.End(
            result.outcome().name().toLowerCase(Locale.ROOT), result.exitCode(), result.message());
    publish();
  }

  /** A run that is about to end stays so, whatever it still does. */
  private void move(State next) {
    if (state != State.STOPPING && state != State.FINISHED) {
      state = next;
    }
  }

  private static String text(RunEvent event, String field) {
    return String.valueOf(event.fields().get(field));
  }

  private static long number(RunEvent event, String field) {
    return event.fields().get(field) instanceof Long value ? value : 0;
  }

  private void publish() {
    published = snapshot();
  }

  private RunStatus snapshot() {
    RunStatus.LastStep last = lastStep;
    return new RunStatus(
        run,
        state,
        step,
        steps,
        last,
        last == null ? null : last.medianSeconds() * Math.max(0, steps - step),
        mesh,
        List.copyOf(nodes.list()),
        checkpoint,
        validation,
        startedAt,
        totals,
        end);
  }
}
