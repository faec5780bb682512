package dev.troupe.deploy.job;

import dev.troupe.deploy.local.StopSignals;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Whether Ctrl-C, or another signal that asks to end, has come since this was made. The second one
 * ends the process at once. Thread-safe.
 */
final class Interruption implements AutoCloseable {
  private static final int EXIT_CODE = 130;

  private final StopSignals signals;
  private final CompletableFuture<Boolean> asked = new CompletableFuture<>();

  Interruption() {
    signals =
        new StopSignals(
            name -> {
              if (!asked.complete(true)) {
                Runtime.getRuntime().halt(EXIT_CODE);
              }
            });
  }

  boolean asked() {
    return asked.isDone();
  }

  /** Completes when it is asked. */
  CompletionStage<Boolean> whenAsked() {
    return asked.minimalCompletionStage();
  }

  @Override
  public void close() {
    signals.close();
  }
}
