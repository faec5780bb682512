package dev.troupe.eval;

import dev.troupe.eval.Batch.Placed;
import dev.troupe.proto.error.TroupeException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Scores passages on replicas of a model, which take batches in turn. Batches do not depend on the
 * number of replicas, and results come in the order of the batches; so sums over them do not depend
 * on that number either, to the last bit.
 */
public final class Scoring {
  /** Hears of results, one at a time, always in the same order. */
  @FunctionalInterface
  public interface Results {
    /**
     * A passage is scored.
     *
     * @param place of the passage among all, from 0; places do not come in order
     * @param passage the passage
     * @param nats the sum of its scored tokens' losses
     */
    void accept(long place, Passage passage, double nats);
  }

  private record Answered(Batch batch, double[] nats) {}

  private final Batches batches;
  private final Results results;
  private final Map<Long, Answered> early = new HashMap<>();
  private long delivered;
  private boolean stopped;

  private Scoring(Batches batches, Results results) {
    this.batches = batches;
    this.results = results;
  }

  /**
   * Scores all passages. Returns when the last result was heard.
   *
   * @param replicas models with equal weights, each used by one thread
   * @param passages read by one thread at a time
   * @param rows positions that a model computes at once; no passage has more
   * @throws TroupeException what a replica or the passages fail with
   * @throws IllegalStateException where the thread is interrupted
   */
  public static void run(
      List<? extends LossModel> replicas, Iterator<Passage> passages, int rows, Results results) {
    Scoring scoring = new Scoring(new Batches(passages, rows), results);
    if (replicas.size() == 1) {
      scoring.work(replicas.getFirst());
    } else {
      scoring.work(replicas);
    }
    scoring.requireDone();
  }

  private void work(List<? extends LossModel> replicas) {
    try (ExecutorService threads = Executors.newFixedThreadPool(replicas.size())) {
      List<Callable<Void>> work =
          replicas.stream().map(replica -> (Callable<Void>) () -> work(replica)).toList();
      await(threads.invokeAll(work));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("scoring was interrupted", e);
    }
  }

  private static void await(List<Future<Void>> ended) throws InterruptedException {
    for (Future<Void> each : ended) {
      try {
        each.get();
      } catch (ExecutionException failed) {
        throw failed.getCause() instanceof RuntimeException cause
            ? cause
            : new IllegalStateException("scoring failed", failed.getCause());
      }
    }
  }

  private @Nullable Void work(LossModel model) {
    try {
      for (Batch batch = take(); batch != null; batch = take()) {
        deliver(new Answered(batch, batch.nats(model)));
      }
      return null;
    } catch (RuntimeException | Error e) {
      stop();
      throw e;
    }
  }

  private synchronized @Nullable Batch take() {
    boolean stop = stopped || Thread.currentThread().isInterrupted();
    return stop || !batches.hasNext() ? null : batches.next();
  }

  private synchronized void requireDone() {
    if (batches.hasNext()) {
      throw new IllegalStateException("scoring was interrupted");
    }
  }

  private synchronized void stop() {
    stopped = true;
  }

  private synchronized void deliver(Answered answered) {
    early.put(answered.batch().number(), answered);
    for (Answered next = early.remove(delivered); next != null; next = early.remove(delivered)) {
      List<Placed> passages = next.batch().passages();
      for (int i = 0; i < passages.size(); i++) {
        results.accept(passages.get(i).place(), passages.get(i).passage(), next.nats()[i]);
      }
      delivered++;
    }
  }
}
