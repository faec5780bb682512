package dev.troupe.deploy.tensorboard;

import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.proto.config.JobConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a run's curves for TensorBoard; closes the file with the last report. One thread. */
public final class TensorBoardListener implements RunListener {
  private final EventWriter writer;
  private boolean jobTold;

  /** Writes to {@code writer}, which it closes. */
  public TensorBoardListener(EventWriter writer) {
    this.writer = writer;
  }

  /** A new mesh goes on after a checkpoint: steps after that are done again. */
  @Override
  public void onHeader(RunHeader header) {
    writer.restart(header.resumeStep() + 1);
    if (!jobTold) {
      jobTold = true;
      writer.text(
          header.resumeStep(),
          "job.conf",
          "```\n" + JobConfig.render(header.job()).strip() + "\n```");
    }
  }

  @Override
  public void onReady(RunReady ready) {}

  @Override
  public void onStep(StepRecord step) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("train/loss", step.loss());
    values.put("train/grad_norm", step.gradNorm());
    values.put("train/lr", step.lr());
    if (step.stepSeconds() > 0) {
      values.put("train/tokens_per_second", step.tokens() / step.stepSeconds());
    }
    values.put("train/step_seconds", step.stepSeconds());
    writer.scalars(step.step(), values);
  }

  @Override
  public void onValidation(ValidationRecord validation) {
    writer.scalars(validation.step(), Map.of("validation/loss", validation.loss()));
  }

  @Override
  public void onCheckpoint(CheckpointRecord checkpoint) {
    writer.scalars(checkpoint.step(), Map.of("checkpoint/seconds", checkpoint.seconds()));
  }

  @Override
  public void onEvent(RunEvent event) {}

  @Override
  public void onFinished(RunResult result) {
    writer.close();
  }
}
