package dev.troupe.deploy.control;

import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.ValidationRecord;
import java.util.ArrayList;
import java.util.List;

/** A listener that keeps each step's time; read it after the run. */
final class StepTimes implements RunListener {
  private final List<Double> seconds;
  private double startSeconds;

  StepTimes(int steps) {
    seconds = new ArrayList<>(steps);
  }

  List<Double> seconds() {
    return seconds;
  }

  double startSeconds() {
    return startSeconds;
  }

  @Override
  public void onStep(StepRecord step) {
    seconds.add(step.stepSeconds());
  }

  @Override
  public void onHeader(RunHeader header) {}

  @Override
  public void onReady(RunReady ready) {
    startSeconds = ready.seconds();
  }

  @Override
  public void onValidation(ValidationRecord validation) {}

  @Override
  public void onCheckpoint(CheckpointRecord checkpoint) {}

  @Override
  public void onEvent(RunEvent event) {}

  @Override
  public void onFinished(RunResult result) {}
}
