package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.NodeReady;
import dev.troupe.proto.message.NodeReport;
import dev.troupe.proto.message.NodeRetired;
import dev.troupe.proto.message.NodeSaved;
import dev.troupe.proto.message.NodeStopped;
import dev.troupe.proto.message.NodeValidated;
import dev.troupe.proto.message.RankFailed;
import java.util.TreeMap;

/**
 * The coordinator's protocol. A pure function of its arguments: no clock, no thread, no input or
 * output.
 *
 * <p>What it keeps: a step is committed once at most, steps are committed in order without a gap,
 * and only when every rank of the mesh prepared it with the same bits and finite numbers; a report
 * of another epoch or another step, or one that comes twice, has no effect.
 *
 * <p>Time is in nanoseconds from any origin and never goes back.
 */
public final class RunMachine {
  private final RunSettings settings;

  /** A machine for one run. */
  public RunMachine(RunSettings settings) {
    this.settings = settings;
  }

  /**
   * The state before anything happened.
   *
   * @param fence the fence before the first mesh's
   */
  public RunState initial(Fence fence, long now) {
    return new RunState(
        fence,
        new RunState.Members(new TreeMap<>()),
        new Phase.Gathering(now + settings.timeouts().register().toNanos()),
        settings.resumeStep(),
        null,
        new Saving.Idle(false, null),
        settings.resumeStep(),
        null);
  }

  /** What {@code event} leads to. */
  public Transition on(RunState state, Event event, long now) {
    Turn turn = new Turn(settings, state, now);
    switch (event) {
      case Event.NodeJoined joined -> MeshRules.joined(turn, joined.member());
      case Event.NodeLost lost -> EndRules.lost(turn, lost.node(), lost.why());
      case Event.NodeNeverCame none -> EndRules.neverCame(turn, none.node(), none.why());
      case Event.DrainRequested drain -> EndRules.drain(turn, drain.node(), drain.reason());
      case Event.NodeReported reported -> report(turn, reported.report());
      case Event.StopRequested stop -> EndRules.stopRequested(turn, stop.reason());
      case Event.SaveBegun begun -> SaveRules.begun(turn, begun.step(), begun.folder());
      case Event.SavePublished saved -> SaveRules.published(turn, saved.step(), saved.path());
      case Event.StoreFailed failed -> SaveRules.storeFailed(turn, failed);
      case Event.Tick tick -> Watchdog.tick(turn);
    }
    return turn.end();
  }

  private static void report(Turn turn, NodeReport report) {
    MeshEpoch mesh = turn.state.phase().mesh();
    if (mesh == null || !mesh.fence().equals(report.fence())) {
      return;
    }
    switch (report) {
      case NodeReady ready -> MeshRules.ready(turn, ready);
      case NodePrepared prepared -> StepRules.prepared(turn, prepared);
      case NodeValidated validated -> StepRules.validated(turn, validated);
      case NodeSaved saved -> SaveRules.saved(turn, saved);
      case NodeStopped stopped -> EndRules.stopped(turn, stopped.ranks());
      case NodeRetired retired -> {}
      case RankFailed failed -> EndRules.rankFailed(turn, failed);
    }
  }
}
