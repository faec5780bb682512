package dev.troupe.coordinator;

/** One thing that a {@link RunListener} hears. */
public sealed interface RunReport
    permits RunHeader,
        RunReady,
        StepRecord,
        ValidationRecord,
        SamplesRecord,
        CheckpointRecord,
        RunEvent,
        RunResult {
  /** Calls the listener's method for this report. */
  void deliverTo(RunListener listener);
}
