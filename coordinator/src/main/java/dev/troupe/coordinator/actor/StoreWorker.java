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

  CompletionStage<Event> begin(long step, long epoch) {
    return call(
        step,
        epoch,
        StoreOperation.BEGIN,
        () -> {
          Path folder = store.begin(step, epoch).toAbsolutePath().normalize();
          return new Event.SaveBegun(step, epoch, folder);
        });
  }

  CompletionStage<Event> publish(CheckpointStore.Shards shards) {
    return call(
        shards.step(),
        shards.epoch(),
        StoreOperation.PUBLISH,
        () -> new Event.SavePublished(shards.step(), store.publish(shards)));
  }

  /** Succeeds with a tick: there is nothing to say. */
  CompletionStage<Event> discard(long step, long epoch, String why) {
    return call(
        step,
        epoch,
        StoreOperation.DISCARD,
        () -> {
          store.discard(step, epoch, why);
          return new Event.Tick();
        });
  }

  CompletionStage<Event> newest(long step) {
    return call(step, 0, StoreOperation.FIND, () -> new Event.CheckpointFound(store.newest(step)));
  }

  private CompletionStage<Event> call(
      long step, long epoch, StoreOperation operation, Callable<Event> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.call();
          } catch (Throwable failure) {
            Failure known = Failure.of(failure);
            return new Event.StoreFailed(step, epoch, operation, known.category(), known.message());
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
