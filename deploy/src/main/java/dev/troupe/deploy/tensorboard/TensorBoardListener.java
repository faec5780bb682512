package dev.troupe.deploy.tensorboard;

import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.SamplesRecord;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.proto.config.JobConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

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
      writer.text(0, "config/text_summary", verbatim(JobConfig.render(header.job()).strip()));
      writer.settings(JobConfig.settings(header.job()));
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
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("validation/loss", validation.loss());
    validation.sets().forEach((name, loss) -> values.put("validation/loss/" + name, loss));
    writer.scalars(validation.step(), values);
  }

  @Override
  public void onSamples(SamplesRecord record) {
    for (int i = 0; i < record.samples().size(); i++) {
      SamplesRecord.Sample sample = record.samples().get(i);
      writer.text(
          record.step(),
          "samples/" + i + "/text_summary",
          "prompt:\n\n" + verbatim(sample.prompt()) + "\n\ntext:\n\n" + verbatim(sample.text()));
    }
  }

  /** As Markdown that shows what is there, whatever it is. */
  private static String verbatim(String text) {
    return text.lines().map(line -> "    " + line).collect(Collectors.joining("\n"));
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
