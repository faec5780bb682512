package dev.troupe.deploy.worker;

import dev.troupe.deploy.process.Restarts;
import dev.troupe.proto.error.TroupeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place of one worker process on its node: a process that ends is followed by another one.
 * {@link #process} may be asked by any thread; all else happens on the clock's.
 */
final class WorkerSlot implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerSlot.class);

  private final Supplier<WorkerProcess> starter;
  private final Runnable cleanUp;
  private final Restarts restarts;
  private final ScheduledExecutorService clock;
  private final CompletableFuture<String> givenUp = new CompletableFuture<>();
  private volatile WorkerProcess process;
  private long startedAt = System.nanoTime();
  private volatile boolean closing;

  /**
   * Starts the first process.
   *
   * @param starter starts a process with a name of its own
   * @param cleanUp frees what a process left that was killed
   */
  WorkerSlot(
      Supplier<WorkerProcess> starter,
      Runnable cleanUp,
      Restarts restarts,
      ScheduledExecutorService clock) {
    this.starter = starter;
    this.cleanUp = cleanUp;
    this.restarts = restarts;
    this.clock = clock;
    this.process = starter.get();
  }

  /** The process that is here now, or was here last. */
  WorkerProcess process() {
    return process;
  }

  /** From now on a process that ends is followed by another one. */
  void supervise() {
    WorkerProcess watched = process;
    CompletionStage<Void> unused =
        watched.onEnd().thenAccept(words -> later(() -> ended(watched, words), Duration.ZERO));
  }

  private void ended(WorkerProcess which, String words) {
    if (closing || which != process) {
      return;
    }
    LOG.warn("{}", words);
    cleanUp.run();
    again(words);
  }

  private void again(String words) {
    Optional<Duration> pause = restarts.next(Duration.ofNanos(System.nanoTime() - startedAt));
    if (pause.isPresent()) {
      later(this::start, pause.get());
      return;
    }
    String end =
        "no worker process follows, after elastic.restarts = %d: %s"
            .formatted(restarts.done(), words);
    LOG.error("{}", end);
    givenUp.complete(end);
  }

  private void start() {
    if (closing) {
      return;
    }
    startedAt = System.nanoTime();
    WorkerProcess next;
    try {
      next = starter.get();
    } catch (TroupeException e) {
      LOG.warn("{}", e.getMessage());
      again(String.valueOf(e.getMessage()));
      return;
    }
    process = next;
    LOG.info("worker process {} (pid {}) follows", next.process(), next.pid());
    supervise();
    if (closing) {
      next.close();
    }
  }

  private void later(Runnable task, Duration pause) {
    try {
      var unused = clock.schedule(task, pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.debug("the node ends");
    }
  }

  /** Completes when no process will be started here any more, with a sentence that says why. */
  CompletionStage<String> onGivenUp() {
    return givenUp.minimalCompletionStage();
  }

  /** Ends the process; no other one follows. */
  @Override
  public void close() {
    closing = true;
    process.close();
  }
}
