package dev.troupe.coordinator.state;

import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.Tally;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that the coordinator knows; immutable.
 *
 * @param fence the last mesh's fence
 * @param nodes the nodes, by name
 * @param phase where the run is
 * @param committed last committed step
 * @param validation the validation under way, if any
 * @param saving the checkpoint under way
 * @param published last step whose state is on disk as a checkpoint
 * @param stop why the run was asked to stop; null if it was not
 */
public record RunState(
    Fence fence,
    Members nodes,
    Phase phase,
    long committed,
    @Nullable Validation validation,
    Saving saving,
    long published,
    @Nullable String stop) {

  /**
   * A validation under way.
   *
   * @param step the committed step it follows
   * @param began when it was ordered
   * @param losses what ranks found so far
   */
  public record Validation(long step, long began, Tally<Double> losses) {}

  /**
   * Nodes by name; copied where they change and not with every state.
   *
   * @param byName the nodes
   */
  public record Members(SortedMap<String, NodeInfo> byName) {
    /** Copies the map. */
    public Members {
      byName = Collections.unmodifiableSortedMap(new TreeMap<>(byName));
    }
  }

  /** Checks the order of steps. */
  public RunState {
    if (published > committed) {
      throw new IllegalArgumentException("published " + published + " > committed " + committed);
    }
  }

  /** Nodes by name. */
  public SortedMap<String, NodeInfo> members() {
    return nodes.byName();
  }

  /** For people: what a resume would start from. */
  String lastCheckpoint() {
    return published == 0
        ? "There is no checkpoint yet"
        : "The last checkpoint has step " + published;
  }

  RunState with(Fence next) {
    return new RunState(next, nodes, phase, committed, validation, saving, published, stop);
  }

  RunState with(SortedMap<String, NodeInfo> next) {
    return new RunState(
        fence, new Members(next), phase, committed, validation, saving, published, stop);
  }

  RunState with(Phase next) {
    return new RunState(fence, nodes, next, committed, validation, saving, published, stop);
  }

  RunState with(@Nullable Validation next) {
    return new RunState(fence, nodes, phase, committed, next, saving, published, stop);
  }

  RunState with(Saving next) {
    return new RunState(fence, nodes, phase, committed, validation, next, published, stop);
  }

  RunState withCommitted(long step) {
    return new RunState(fence, nodes, phase, step, validation, saving, published, stop);
  }

  RunState withPublished(long step) {
    return new RunState(fence, nodes, phase, committed, validation, saving, step, stop);
  }

  RunState withStop(String reason) {
    return new RunState(fence, nodes, phase, committed, validation, saving, published, reason);
  }
}
