package dev.troupe.coordinator.actor;

import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.Event.StoreOperation;
import dev.troupe.proto.message.Failure;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Calls the checkpoint store on one thread of its own, in order, and turns what comes of it into
 * events. The stages it returns never fail.
 */
final class StoreWorker implements AutoCloseable {
  private final CheckpointStore store;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("checkpoint-store").factory());

  StoreWorker(CheckpointStore store) {
    this.store = store;
  }

  CompletionStage<Event> begin(long step) {
    return call(
        step,
        StoreOperation.BEGIN,
        () -> {
          Path folder = store.begin(step).toAbsolutePath().normalize();
          return new Event.SaveBegun(step, folder);
        });
  }

  CompletionStage<Event> publish(CheckpointStore.Shards shards) {
    return call(
        shards.step(),
        StoreOperation.PUBLISH,
        () -> new Event.SavePublished(shards.step(), store.publish(shards)));
  }

  /** Succeeds with a tick: there is nothing to say. */
  CompletionStage<Event> discard(long step, String why) {
    return call(
        step,
        StoreOperation.DISCARD,
        () -> {
          store.discard(step, why);
          return new Event.Tick();
        });
  }

  private CompletionStage<Event> call(long step, StoreOperation operation, Callable<Event> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.call();
          } catch (Throwable failure) {
            Failure known = Failure.of(failure);
            return new Event.StoreFailed(step, operation, known.category(), known.message());
          }
        },
        thread);
  }

  /** Lets what was asked for finish; does not wait for it. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
