package dev.troupe.coordinator.actor;

import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunReport;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread on which a run's listener hears everything, in order. */
final class ReportThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReportThread.class);

  private final RunListener listener;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("run-reports").factory());

  ReportThread(RunListener listener) {
    this.listener = listener;
  }

  void deliver(RunReport report) {
    run(() -> report.deliverTo(listener));
  }

  /** Runs {@code task} after all that was delivered before. */
  void run(Runnable task) {
    thread.execute(
        () -> {
          try {
            task.run();
          } catch (RuntimeException failure) {
            // A full disk under the metrics must not cost the run.
            LOG.warn("a report of the run was lost: {}", failure.toString());
          }
        });
  }

  /** Lets what was delivered be heard; does not wait for it. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
