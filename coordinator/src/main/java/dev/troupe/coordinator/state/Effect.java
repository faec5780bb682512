package dev.troupe.coordinator.state;

import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.coordinator.RunReport;
import dev.troupe.coordinator.RunResult;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.JournalRecord;
import java.util.List;

/** What the machine wants done; the shell does it in order. */
public sealed interface Effect {
  /**
   * Send an order to the agents of some nodes.
   *
   * @param nodes names of the nodes
   * @param command the order
   */
  record Order(List<String> nodes, AgentCommand command) implements Effect {}

  /**
   * Call {@link CheckpointStore#begin}; answered by {@link Event.SaveBegun} or {@link
   * Event.StoreFailed}.
   *
   * @param step the checkpoint's step
   * @param epoch epoch of the mesh that writes it
   */
  record BeginSave(long step, long epoch) implements Effect {}

  /**
   * Call {@link CheckpointStore#publish}; answered by {@link Event.SavePublished} or {@link
   * Event.StoreFailed}.
   *
   * @param shards what was written
   */
  record PublishSave(CheckpointStore.Shards shards) implements Effect {}

  /**
   * Call {@link CheckpointStore#discard}; answered by {@link Event.StoreFailed} or not at all.
   *
   * @param step the checkpoint's step
   * @param epoch epoch of the mesh that wrote it
   * @param why the reason
   */
  record DiscardSave(long step, long epoch, String why) implements Effect {}

  /**
   * Call {@link CheckpointStore#newest}; answered by {@link Event.CheckpointFound} or {@link
   * Event.StoreFailed}.
   *
   * @param step the largest step that counts
   */
  record FindCheckpoint(long step) implements Effect {}

  /**
   * Append to the journal; answered by {@link Event.Journalled}. There is one at a time.
   *
   * @param record what is appended
   */
  record Journal(JournalRecord record) implements Effect {}

  /**
   * Tell the run's listener.
   *
   * @param report what it hears
   */
  record Report(RunReport report) implements Effect {}

  /** Another coordinator has taken over: end without a word. */
  record StepDown() implements Effect {}

  /**
   * The run is over; the last effect.
   *
   * @param result how it ended
   */
  record Finish(RunResult result) implements Effect {}
}
