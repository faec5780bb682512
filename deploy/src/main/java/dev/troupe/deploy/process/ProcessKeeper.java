package dev.troupe.deploy.process;

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
 * Keeps a child process running: one that ends by itself is followed by another one. {@link
 * #current} may be asked by any thread; what the keeper does of itself happens on the clock's.
 *
 * @param <P> kind of process
 */
public final class ProcessKeeper<P extends ChildProcess> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessKeeper.class);

  /** Hears of each end that nobody asked for, before another process is started. */
  @FunctionalInterface
  public interface EndListener {
    /**
     * A process has ended.
     *
     * @param lived how long it ran
     * @return whether it is to be followed by another one
     */
    boolean ended(ChildProcess.End end, Duration lived);
  }

  private final Supplier<P> starter;
  private final EndListener listener;
  private final Restarts restarts;
  private final ScheduledExecutorService clock;
  private final CompletableFuture<ChildProcess.End> over = new CompletableFuture<>();
  private volatile P current;
  private long startedAt = System.nanoTime();
  private volatile boolean closing;

  /**
   * Starts the first process.
   *
   * @param starter starts a process
   * @param clock a single thread
   */
  public ProcessKeeper(
      Supplier<P> starter,
      EndListener listener,
      Restarts restarts,
      ScheduledExecutorService clock) {
    this.starter = starter;
    this.listener = listener;
    this.restarts = restarts;
    this.clock = clock;
    this.current = starter.get();
  }

  /** The process that runs now, or ran last. */
  public P current() {
    return current;
  }

  /** From now on a process that ends is followed by another one. */
  public void supervise() {
    P watched = current;
    CompletionStage<Void> unused =
        watched.onEnd().thenAccept(end -> later(() -> ended(end), Duration.ZERO));
  }

  private void ended(ChildProcess.End end) {
    if (closing) {
      return;
    }
    Duration lived = Duration.ofNanos(System.nanoTime() - startedAt);
    if (listener.ended(end, lived)) {
      again(end, lived);
    } else {
      over.complete(end);
    }
  }

  private void again(ChildProcess.End end, Duration lived) {
    Optional<Duration> pause = restarts.next(lived);
    if (pause.isPresent()) {
      later(this::start, pause.get());
      return;
    }
    String words =
        "%s; nothing follows it, after elastic.restarts = %d"
            .formatted(end.words(), restarts.done());
    LOG.error("{}", words);
    over.complete(new ChildProcess.End(end.exitCode(), words));
  }

  private void start() {
    if (closing) {
      return;
    }
    startedAt = System.nanoTime();
    try {
      current = starter.get();
    } catch (TroupeException e) {
      String words = String.valueOf(e.getMessage());
      LOG.warn("{}", words);
      again(new ChildProcess.End(e.category().exitCode(), words), Duration.ZERO);
      return;
    }
    LOG.info("{} follows", current.label());
    supervise();
    if (closing) {
      current.close();
    }
  }

  private void later(Runnable task, Duration pause) {
    try {
      var unused = clock.schedule(task, pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.debug("nothing is started any more");
    }
  }

  /** Completes when no process will follow any more, with the end of the last one. */
  public CompletionStage<ChildProcess.End> onOver() {
    return over.minimalCompletionStage();
  }

  /** Whether {@link #onOver} has completed. */
  public boolean isOver() {
    return over.isDone();
  }

  /** From now on no process follows; does not end the one that runs. */
  public void release() {
    closing = true;
  }

  /** Ends the process; no other one follows. */
  @Override
  public void close() {
    release();
    current.close();
  }
}
