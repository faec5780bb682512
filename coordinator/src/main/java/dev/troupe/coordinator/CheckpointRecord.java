package dev.troupe.coordinator;

import java.nio.file.Path;

/**
 * A checkpoint that is published: complete, durable, and what a resume would read.
 *
 * @param step the committed step
 * @param path its folder
 * @param seconds from the order to its publication; training went on meanwhile
 */
public record CheckpointRecord(long step, Path path, double seconds) implements RunReport {
  @Override
  public void deliverTo(RunListener listener) {
    listener.onCheckpoint(this);
  }
}
