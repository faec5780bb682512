package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.CheckpointStore.Found;
import dev.troupe.coordinator.CheckpointStore.Shards;
import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.Event.StoreOperation;
import dev.troupe.proto.error.Category;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** The store thread of one coordinator: one thing at a time, with a moment between two. */
final class SimStore {
  private final World world;
  private final Process process;
  private final Consumer<Event> answers;
  private long freeAt;

  SimStore(World world, Process process, Consumer<Event> answers) {
    this.world = world;
    this.process = process;
    this.answers = answers;
  }

  void begin(long step, long epoch) {
    later(
        () -> {
          String folder = world.disk.begin(step, epoch);
          answers.accept(
              folder == null
                  ? failed(step, epoch, StoreOperation.BEGIN, "the disk is full")
                  : new Event.SaveBegun(step, epoch, Path.of(folder)));
        });
  }

  /** The name and {@code latest} are two things: a crash may come between. */
  void publish(Shards shards) {
    later(
        () -> {
          Optional<SimDisk.Checkpoint> made =
              world.disk.rename(shards, !world.mutation.publishesUnseen());
          if (made.isEmpty()) {
            answers.accept(
                failed(
                    shards.step(), shards.epoch(), StoreOperation.PUBLISH, "it is not complete"));
            return;
          }
          world.ledger.published(made.get());
          process.after(
              world.between(1, 100),
              () -> {
                world.disk.advance(shards.step());
                world.ledger.latest();
                answers.accept(
                    new Event.SavePublished(shards.step(), Path.of(SimDisk.path(made.get()))));
              });
        });
  }

  void discard(long step, long epoch) {
    later(() -> world.disk.discard(step, epoch));
  }

  void find(long step) {
    later(
        () -> {
          if (world.disk.allDamaged()) {
            answers.accept(failed(step, 0, StoreOperation.FIND, "no checkpoint is intact"));
          } else {
            answers.accept(
                new Event.CheckpointFound(
                    world
                        .disk
                        .newest(step)
                        .map(made -> new Found(Path.of(SimDisk.path(made)), made.step))
                        .orElse(null)));
          }
        });
  }

  private static Event failed(long step, long epoch, StoreOperation operation, String why) {
    return new Event.StoreFailed(
        step,
        epoch,
        operation,
        operation == StoreOperation.FIND ? Category.DATA : Category.RESOURCE,
        why);
  }

  private void later(Runnable work) {
    long begin = Math.max(world.time.now(), freeAt);
    freeAt = begin + world.between(1, 200);
    process.after(freeAt - world.time.now(), work);
  }
}
