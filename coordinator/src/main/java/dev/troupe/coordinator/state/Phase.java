package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankTime;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.Tally;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where a run stands. Deadlines are in nanoseconds of the caller's clock. */
public sealed interface Phase {
  /** The mesh whose ranks work, or are being started or ended; null where there is none. */
  default @Nullable MeshEpoch mesh() {
    return null;
  }

  /**
   * Waiting for nodes, before the first mesh of this coordinator.
   *
   * @param before nodes of the mesh that another coordinator had; empty: there was none
   * @param began since when
   * @param deadline when to give up
   */
  record Gathering(Set<String> before, long began, long deadline) implements Phase {
    /** Copies the set. */
    public Gathering {
      before = Set.copyOf(before);
    }
  }

  /** How far a regrouping is. */
  enum Stage {
    /** The new epoch is on its way into the journal. */
    JOURNAL,
    /** Nodes end their ranks. */
    RETIRING,
    /** The store looks for the newest checkpoint. */
    FINDING,
    /** There is no mesh over the nodes that are there. */
    WAITING
  }

  /**
   * From one mesh to the next.
   *
   * @param stage how far it is
   * @param reason why, for people
   * @param distrusted ranks of the mesh before whose memory is damaged
   * @param asked nodes that were told to end their ranks and have not answered
   * @param held what those that answered have in memory, by node
   * @param current nodes of the mesh before
   * @param deadline when to give up what is being waited for
   */
  record Regrouping(
      Stage stage,
      String reason,
      RankSet distrusted,
      Set<String> asked,
      SortedMap<String, List<Holding>> held,
      Set<String> current,
      long deadline)
      implements Phase {
    /** Copies the collections. */
    public Regrouping {
      asked = Set.copyOf(asked);
      held = Collections.unmodifiableSortedMap(new TreeMap<>(held));
      current = Set.copyOf(current);
    }

    Regrouping at(Stage next, long until) {
      return new Regrouping(next, reason, distrusted, asked, held, current, until);
    }

    /** What all of them hold. */
    List<Holding> holdings() {
      return held.values().stream().flatMap(List::stream).toList();
    }

    Regrouping asking(Set<String> nodes) {
      return new Regrouping(stage, reason, distrusted, nodes, held, current, deadline);
    }

    Regrouping holding(SortedMap<String, List<Holding>> next) {
      return new Regrouping(stage, reason, distrusted, asked, next, current, deadline);
    }

    Regrouping distrusting(RankSet more) {
      return new Regrouping(stage, reason, distrusted.plus(more), asked, held, current, deadline);
    }
  }

  /**
   * Ranks allocate and load.
   *
   * @param mesh the mesh
   * @param fromMemory whether they load from memory, not from a checkpoint
   * @param began when they were told to
   * @param ready the ranks that are done
   * @param deadline when to give up
   */
  record Starting(MeshEpoch mesh, boolean fromMemory, long began, ReadyRanks ready, long deadline)
      implements Phase {}

  /**
   * Ranks prepare the step after the committed one.
   *
   * @param mesh the mesh
   * @param began when the step began
   * @param prepared what ranks have found so far
   * @param suspects ranks whose state differs from that of their replicas
   * @param busy how long ranks were at it
   * @param deadline when to give up
   */
  record Training(
      MeshEpoch mesh,
      long began,
      Tally<StepResult> prepared,
      RankSet suspects,
      List<RankTime> busy,
      long deadline)
      implements Phase {
    /** Copies the list. */
    public Training {
      busy = List.copyOf(busy);
    }

    static Training begin(MeshEpoch mesh, long now, long deadline) {
      return new Training(mesh, now, Tally.empty(), RankSet.none(), List.of(), deadline);
    }
  }

  /**
   * No step is under way until the last one is saved; then the mesh is made anew without the nodes
   * that leave.
   *
   * @param mesh the mesh
   * @param reason why, for people
   * @param deadline when to give up waiting for a validation
   */
  record Pausing(MeshEpoch mesh, String reason, long deadline) implements Phase {}

  /**
   * The last step is committed; a validation may still be under way, the state is being saved.
   *
   * @param mesh the mesh
   * @param result how the run ends if saving works
   * @param deadline when to give up waiting for a validation
   */
  record Concluding(MeshEpoch mesh, RunResult result, long deadline) implements Phase {}

  /**
   * Ranks are ending.
   *
   * @param mesh the mesh
   * @param result how the run ended
   * @param stopped ranks that have ended
   * @param deadline when to leave the others behind
   */
  record Stopping(MeshEpoch mesh, RunResult result, RankSet stopped, long deadline)
      implements Phase {}

  /**
   * Over.
   *
   * @param result how it ended
   */
  record Finished(RunResult result) implements Phase {}

  /** Another coordinator has taken over: this one does nothing any more. */
  record Superseded() implements Phase {}
}
