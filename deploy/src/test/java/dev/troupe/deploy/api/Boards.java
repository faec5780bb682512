package dev.troupe.deploy.api;

import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunReport;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Boards that heard a run of two nodes. */
public final class Boards {
  public static final JobSpec JOB = JobConfig.parse("run.name = two-nodes, train.steps = 10");
  static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private Boards() {}

  public static StatusBoard empty() {
    return new StatusBoard(JOB, 0, InstantSource.fixed(START));
  }

  /** Three steps, a validation, a checkpoint, and one that failed. */
  public static StatusBoard training() {
    StatusBoard board = empty();
    hear(
        board,
        joined("a"),
        joined("b"),
        header(1, 0),
        new RunReady(1, List.of(1L, 1L, 1L, 1L), 0.5),
        step(1, 4, 1),
        step(2, 3, 3),
        step(3, 2.5, 2),
        new ValidationRecord(3, 2.75, 0.1, 1, new LinkedHashMap<>(Map.of("code", 1.5))),
        new CheckpointRecord(3, Path.of("checkpoints/step-00000003"), 0.25),
        new RunEvent("checkpoint-failed", RunEvent.Severity.WARNING, Map.of("step", 2L)));
    return board;
  }

  static void hear(StatusBoard board, RunReport... reports) {
    for (RunReport report : reports) {
      report.deliverTo(board);
    }
  }

  static RunEvent joined(String node) {
    return new RunEvent("node-joined", RunEvent.Severity.INFO, Map.of("node", node, "devices", 2L));
  }

  static RunEvent event(String type, Map<String, Object> fields) {
    return new RunEvent(type, RunEvent.Severity.WARNING, fields);
  }

  static RunHeader header(long epoch, long resumeStep) {
    return new RunHeader(
        JOB,
        epoch,
        2,
        2,
        Map.of(
            "b", List.of(new RankPlace(2, 0), new RankPlace(3, 1)),
            "a", List.of(new RankPlace(0, 0), new RankPlace(1, 1))),
        "cpu:0",
        resumeStep == 0 ? null : Path.of("checkpoints/step"),
        resumeStep);
  }

  static StepRecord step(long step, double loss, double seconds) {
    return new StepRecord(step, loss, 0.5, 1e-3, 1_000, seconds, 1, 2, 2);
  }
}
