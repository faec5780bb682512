package dev.troupe.coordinator;

import dev.troupe.proto.error.Category;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param outcome the way it ended
 * @param step last committed step
 * @param category kind of failure; null unless failed
 * @param message what went wrong and what to do, or who stopped the run; empty when completed
 */
public record RunResult(Outcome outcome, long step, @Nullable Category category, String message)
    implements RunReport {

  /** The ways a run ends. */
  public enum Outcome {
    /** All steps are done and saved. */
    COMPLETED,
    /** Stopped on request, and saved. */
    STOPPED,
    /** Stopped at once on a second request; work since the last checkpoint is lost. */
    ABORTED,
    /** Ended by a failure. */
    FAILED
  }

  /** Checks that exactly failures have a category. */
  public RunResult {
    if ((outcome == Outcome.FAILED) != (category != null)) {
      throw new IllegalArgumentException(outcome + " with category " + category);
    }
  }

  /** The run did all its steps. */
  public static RunResult completed(long step) {
    return new RunResult(Outcome.COMPLETED, step, null, "");
  }

  /** The run was stopped on request. */
  public static RunResult stopped(long step, String reason) {
    return new RunResult(Outcome.STOPPED, step, null, reason);
  }

  /** The run was stopped at once. */
  public static RunResult aborted(long step, String reason) {
    return new RunResult(Outcome.ABORTED, step, null, reason);
  }

  /** The run failed. */
  public static RunResult failed(long step, Category category, String message) {
    return new RunResult(Outcome.FAILED, step, category, message);
  }

  /** The process exit code; an aborted run has a shell's code for an interrupt, 130. */
  public int exitCode() {
    return category != null ? category.exitCode() : outcome == Outcome.ABORTED ? 130 : 0;
  }

  @Override
  public void deliverTo(RunListener listener) {
    listener.onFinished(this);
  }
}
