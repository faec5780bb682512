package dev.troupe.deploy.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import dev.troupe.proto.config.JobConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FanOutTest {
  private static final List<RunReport> REPORTS =
      List.of(
          new RunHeader(JobConfig.parse(""), 1, 1, 1, Map.of(), "cpu:0", null, 0),
          new RunReady(1, List.of(1L), 1),
          new StepRecord(1, 1, 1, 1, 1, 1, 1, 1, 1),
          new ValidationRecord(1, 1, 1, 1),
          new SamplesRecord(1, List.of(), 1, 1),
          new CheckpointRecord(1, Path.of("c"), 1),
          new RunEvent("e", RunEvent.Severity.INFO, Map.of()),
          RunResult.completed(1));

  private record Ear(List<RunReport> heard, boolean fails) implements RunListener {
    private void hear(RunReport report) {
      heard.add(report);
      if (fails) {
        throw new IllegalStateException("deaf");
      }
    }

    @Override
    public void onHeader(RunHeader header) {
      hear(header);
    }

    @Override
    public void onReady(RunReady ready) {
      hear(ready);
    }

    @Override
    public void onStep(StepRecord step) {
      hear(step);
    }

    @Override
    public void onValidation(ValidationRecord validation) {
      hear(validation);
    }

    @Override
    public void onSamples(SamplesRecord samples) {
      hear(samples);
    }

    @Override
    public void onCheckpoint(CheckpointRecord checkpoint) {
      hear(checkpoint);
    }

    @Override
    public void onEvent(RunEvent event) {
      hear(event);
    }

    @Override
    public void onFinished(RunResult result) {
      hear(result);
    }
  }

  @Test
  void allHearEverythingInOrderEvenIfOneFails() {
    Ear first = new Ear(new ArrayList<>(), true);
    Ear second = new Ear(new ArrayList<>(), true);
    Ear third = new Ear(new ArrayList<>(), false);
    FanOut all = new FanOut(first, second, third);
    for (RunReport report : REPORTS) {
      IllegalStateException failure =
          assertThrows(IllegalStateException.class, () -> report.deliverTo(all));
      assertEquals(1, failure.getSuppressed().length);
    }
    assertEquals(REPORTS, first.heard());
    assertEquals(REPORTS, third.heard());
  }
}
