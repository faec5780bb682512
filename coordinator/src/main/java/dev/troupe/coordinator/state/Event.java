package dev.troupe.coordinator.state;

import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.NodeReport;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What can happen to a run. */
public sealed interface Event {

  /** What was asked of the checkpoint store. */
  enum StoreOperation {
    BEGIN,
    PUBLISH,
    DISCARD,
    /** {@link CheckpointStore#newest}. */
    FIND
  }

  /**
   * A node offers its devices.
   *
   * @param member the node
   */
  record NodeJoined(NodeInfo member) implements Event {}

  /**
   * A node's agent is gone.
   *
   * @param node its name
   * @param why how, for people; empty where unknown
   */
  record NodeLost(String node, String why) implements Event {}

  /**
   * A process that was to become a node has ended before it did.
   *
   * @param node its name
   * @param why how it ended, for people
   */
  record NodeNeverCame(String node, String why) implements Event {}

  /**
   * Someone wants a node to be taken out.
   *
   * @param node its name
   * @param reason who
   */
  record DrainRequested(String node, String reason) implements Event {}

  /**
   * Somebody asks for another number of nodes.
   *
   * @param nodes the number
   * @param reason who asks
   */
  record ScaleRequested(int nodes, String reason) implements Event {}

  /**
   * Ranks reported.
   *
   * @param report what they said
   */
  record NodeReported(NodeReport report) implements Event {}

  /**
   * Someone wants the run to end.
   *
   * @param reason who
   */
  record StopRequested(String reason) implements Event {}

  /**
   * A checkpoint's folder is there.
   *
   * @param step the checkpoint's step
   * @param epoch epoch of the mesh that writes
   * @param folder the folder, absolute
   */
  record SaveBegun(long step, long epoch, Path folder) implements Event {}

  /**
   * A checkpoint is published.
   *
   * @param step its step
   * @param path its folder
   */
  record SavePublished(long step, Path path) implements Event {}

  /**
   * The newest checkpoint is known.
   *
   * @param found the checkpoint; null: there is none
   */
  record CheckpointFound(CheckpointStore.@Nullable Found found) implements Event {}

  /**
   * The journal has answered.
   *
   * @param record what was appended
   * @param accepted whether it was; false: another coordinator has taken over
   */
  record Journalled(JournalRecord record, boolean accepted) implements Event {}

  /**
   * The journal cannot be written: nothing can be committed any more.
   *
   * @param category what kind of failure
   * @param message why, for people
   */
  record JournalFailed(Category category, String message) implements Event {}

  /**
   * The checkpoint store could not do what it was asked.
   *
   * @param step the checkpoint's step
   * @param epoch epoch of the mesh that was writing; 0 where none was
   * @param operation what it was asked
   * @param category what kind of failure
   * @param message why, for people
   */
  record StoreFailed(
      long step, long epoch, StoreOperation operation, Category category, String message)
      implements Event {}

  /** Time has passed. */
  record Tick() implements Event {}
}
