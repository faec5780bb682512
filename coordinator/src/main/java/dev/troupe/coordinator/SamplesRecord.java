package dev.troupe.coordinator;

import java.util.List;

/**
 * What the model wrote after a committed step.
 *
 * @param step the committed step
 * @param samples a text for each of the job's prompts, in their order
 * @param seconds from the order to the last rank's answer; contains the commit, and a validation
 * @param epoch mesh epoch
 */
public record SamplesRecord(long step, List<Sample> samples, double seconds, long epoch)
    implements RunReport {
  /** Copies the list. */
  public SamplesRecord {
    samples = List.copyOf(samples);
  }

  /** A prompt, and what the model adds to it. */
  public record Sample(String prompt, String text) {}

  @Override
  public void deliverTo(RunListener listener) {
    listener.onSamples(this);
  }
}
