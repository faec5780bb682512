package dev.troupe.deploy.report;

import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunReport;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.SamplesRecord;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.ValidationRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets several listeners hear a run, one after the other. One that fails keeps none of the others
 * from hearing; its failure comes out after all have heard.
 */
public final class FanOut implements RunListener {
  private final List<RunListener> listeners;

  /** Of these, in this order. */
  public FanOut(RunListener... listeners) {
    this.listeners = List.of(listeners);
  }

  @Override
  public void onHeader(RunHeader header) {
    deliver(header);
  }

  @Override
  public void onReady(RunReady ready) {
    deliver(ready);
  }

  @Override
  public void onStep(StepRecord step) {
    deliver(step);
  }

  @Override
  public void onValidation(ValidationRecord validation) {
    deliver(validation);
  }

  @Override
  public void onSamples(SamplesRecord samples) {
    deliver(samples);
  }

  @Override
  public void onCheckpoint(CheckpointRecord checkpoint) {
    deliver(checkpoint);
  }

  @Override
  public void onEvent(RunEvent event) {
    deliver(event);
  }

  @Override
  public void onFinished(RunResult result) {
    deliver(result);
  }

  private void deliver(RunReport report) {
    @Nullable RuntimeException first = null;
    for (RunListener listener : listeners) {
      try {
        report.deliverTo(listener);
      } catch (RuntimeException failure) {
        if (first == null) {
          first = failure;
        } else {
          first.addSuppressed(failure);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
