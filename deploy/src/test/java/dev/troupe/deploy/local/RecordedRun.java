package dev.troupe.deploy.local;

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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keeps what a listener hears. */
class RecordedRun implements RunListener {
  private final List<RunReport> reports = new ArrayList<>();
  private final Set<Thread> threads = new HashSet<>();

  private synchronized void add(RunReport report) {
    reports.add(report);
    threads.add(Thread.currentThread());
  }

  /** What was heard of one kind. */
  synchronized <T extends RunReport> List<T> all(Class<T> type) {
    return reports.stream().filter(type::isInstance).map(type::cast).toList();
  }

  synchronized List<RunReport> all() {
    return List.copyOf(reports);
  }

  synchronized int threads() {
    return threads.size();
  }

  List<String> events() {
    return all(RunEvent.class).stream().map(RunEvent::type).toList();
  }

  @Override
  public void onHeader(RunHeader header) {
    add(header);
  }

  @Override
  public void onReady(RunReady ready) {
    add(ready);
  }

  @Override
  public void onStep(StepRecord step) {
    add(step);
  }

  @Override
  public void onValidation(ValidationRecord validation) {
    add(validation);
  }

  @Override
  public void onSamples(SamplesRecord samples) {
    add(samples);
  }

  @Override
  public void onCheckpoint(CheckpointRecord checkpoint) {
    add(checkpoint);
  }

  @Override
  public void onEvent(RunEvent event) {
    add(event);
  }

  @Override
  public void onFinished(RunResult result) {
    add(result);
  }
}
