package dev.troupe.deploy.process;

import java.util.concurrent.CompletionStage;

/** A process that this one has started. Thread-safe. */
public interface ChildProcess extends AutoCloseable {
  /**
   * How it ended.
   *
   * @param exitCode its exit code; above 128 by a signal
   * @param words a sentence for people
   */
  record End(int exitCode, String words) {}

  /** For people: its name and number. */
  String label();

  /** Completes when it is gone. */
  CompletionStage<End> onEnd();

  /** Lets it end, and waits for it. */
  @Override
  void close();
}
