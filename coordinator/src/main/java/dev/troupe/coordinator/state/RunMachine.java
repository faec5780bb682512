package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.NodeReady;
import dev.troupe.proto.message.NodeReport;
import dev.troupe.proto.message.NodeRetired;
import dev.troupe.proto.message.NodeSampled;
import dev.troupe.proto.message.NodeSaved;
import dev.troupe.proto.message.NodeStopped;
import dev.troupe.proto.message.NodeValidated;
import dev.troupe.proto.message.RankFailed;
import java.util.Set;

/**
 * The coordinator's protocol: a pure function from a state, an event and a time to the next state
 * and what is to be done. The same events at the same times give the same effects. A report of
 * another fence has no effect.
 */
public final class RunMachine {
  private final RunSettings settings;

  /** The protocol of one run. */
  public RunMachine(RunSettings settings) {
    this.settings = settings;
  }

  /**
   * Before the first event.
   *
   * @param journal what the journal has of the run so far, with this coordinator's term
   * @param now nanoseconds of any monotonic clock, the same one as in {@link #on}
   */
  public RunState initial(JournalRecord journal, long now) {
    RunState.Disk disk = new RunState.Disk(settings.resumeFrom(), settings.resumeStep());
    return new RunState(
        new Fence(journal.term(), journal.epoch()),
        Members.none(),
        new Phase.Gathering(
            Set.copyOf(journal.meshNodes()), now, now + settings.timeouts().register().toNanos()),
        journal.committed() >= disk.step()
            ? new RunState.Commit(journal.committed(), journal.committedIn(), journal.last())
            : RunState.Commit.of(disk),
        null,
        null,
        null,
        null,
        new Saving.Idle(false, null),
        disk,
        new RunState.Wishes(journal.stop(), journal.nodes()),
        Health.good(),
        Pace.none());
  }

  /** What {@code event} at time {@code now} leads to. */
  public Transition on(RunState state, Event event, long now) {
    Turn turn = new Turn(settings, state, now);
    if (state.phase() instanceof Phase.Superseded) {
      return turn.end();
    }
    switch (event) {
      case Event.NodeJoined joined -> MemberRules.joined(turn, joined.member());
      case Event.NodeLost lost -> MemberRules.lost(turn, lost.node(), lost.why());
      case Event.NodeNeverCame none -> MemberRules.neverCame(turn, none.node(), none.why());
      case Event.DrainRequested drain -> MemberRules.drain(turn, drain.node(), drain.reason());
      case Event.ScaleRequested scale -> MemberRules.scale(turn, scale.nodes(), scale.reason());
      case Event.NodeReported reported -> report(turn, reported.report());
      case Event.StopRequested stop -> EndRules.stopRequested(turn, stop.reason());
      case Event.SaveBegun begun -> SaveRules.begun(turn, begun);
      case Event.SavePublished saved -> SaveRules.published(turn, saved.step(), saved.path());
      case Event.CheckpointFound found -> RegroupRules.found(turn, found.found());
      case Event.StoreFailed failed -> SaveRules.storeFailed(turn, failed);
      case Event.Journalled journalled -> JournalRules.answered(turn, journalled);
      case Event.JournalFailed failed ->
          EndRules.fail(
              turn, failed.category(), "the journal cannot be written: " + failed.message());
      case Event.Tick tick -> Watchdog.tick(turn);
    }
    return turn.end();
  }

  private static void report(Turn turn, NodeReport report) {
    if (!turn.state.fence().equals(report.fence())) {
      return;
    }
    if (report instanceof NodeRetired retired) {
      RegroupRules.retired(turn, retired.node(), retired.held());
      return;
    }
    MeshEpoch mesh = turn.state.phase().mesh();
    if (mesh == null) {
      return;
    }
    switch (report) {
      case NodeReady ready -> MeshRules.ready(turn, ready);
      case NodePrepared prepared -> StepRules.prepared(turn, prepared);
      case NodeValidated validated -> StepRules.validated(turn, validated);
      case NodeSampled sampled -> SampleRules.sampled(turn, sampled);
      case NodeSaved saved -> SaveRules.saved(turn, saved);
      case NodeStopped stopped -> EndRules.stopped(turn, stopped.ranks());
      case RankFailed failed -> FailureRules.rankFailed(turn, failed);
      case NodeRetired retired -> {} // above
    }
  }
}
