package dev.troupe.deploy.control;

import com.sun.management.OperatingSystemMXBean;
import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.SamplesRecord;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.ValidationRecord;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** A listener that keeps each step's time; read it after the run. */
final class StepTimes implements RunListener {
  private final List<Double> seconds;
  private final List<Double> cpuSeconds;
  private final OperatingSystemMXBean process =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private long cpuBefore;
  private double startSeconds;

  StepTimes(int steps) {
    seconds = new ArrayList<>(steps);
    cpuSeconds = new ArrayList<>(steps);
  }

  List<Double> seconds() {
    return seconds;
  }

  /** CPU time of this process, all threads together, from each step's report to the next. */
  List<Double> cpuSeconds() {
    return cpuSeconds;
  }

  double startSeconds() {
    return startSeconds;
  }

  @Override
  public void onStep(StepRecord step) {
    seconds.add(step.stepSeconds());
    long cpu = process.getProcessCpuTime();
    cpuSeconds.add((cpu - cpuBefore) * 1e-9);
    cpuBefore = cpu;
  }

  @Override
  public void onHeader(RunHeader header) {}

  @Override
  public void onReady(RunReady ready) {
    startSeconds = ready.seconds();
    cpuBefore = process.getProcessCpuTime();
  }

  @Override
  public void onValidation(ValidationRecord validation) {}

  @Override
  public void onSamples(SamplesRecord samples) {}

  @Override
  public void onCheckpoint(CheckpointRecord checkpoint) {}

  @Override
  public void onEvent(RunEvent event) {}

  @Override
  public void onFinished(RunResult result) {}
}
