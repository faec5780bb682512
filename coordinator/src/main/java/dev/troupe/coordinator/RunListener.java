package dev.troupe.coordinator;

/**
 * Hears what happens in a run, in order, on one thread of its own: it may write files, and what it
 * throws is logged and changes nothing else.
 */
public interface RunListener {
  /** The mesh is planned and ranks are being started. */
  void onHeader(RunHeader header);

  /** All ranks are ready; the first step begins. */
  void onReady(RunReady ready);

  /** A step is committed. */
  void onStep(StepRecord step);

  /** The held-out loss after a committed step is known. */
  void onValidation(ValidationRecord validation);

  /** The model has written texts after a committed step. */
  void onSamples(SamplesRecord samples);

  /** A checkpoint is published. */
  void onCheckpoint(CheckpointRecord checkpoint);

  /** Anything else worth a line in the run's history. */
  void onEvent(RunEvent event);

  /** The run is over; the last call. */
  void onFinished(RunResult result);
}
