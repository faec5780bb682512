package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunEvent.Severity;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.coordinator.plan.Plan;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.NodeReady;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.RankState;
import java.nio.file.Path;
import java.util.List;

/** From the first nodes to a mesh, and from a plan to ranks that train. */
final class MeshRules {
  private MeshRules() {}

  /** Makes the first mesh once there are nodes enough. */
  static void gather(Turn turn, Phase.Gathering gathering, boolean late) {
    if (gathering.before().isEmpty()) {
      begin(turn, late);
    } else {
      goOn(turn, gathering, late);
    }
  }

  private static void begin(Turn turn, boolean late) {
    boolean follows =
        turn.settings.job().elastic().maxNodes() > 0 || turn.state.wishes().nodes() > 0;
    boolean all = turn.state.nodes().byName().size() >= turn.settings.expectedNodes();
    Plan plan = MemberRules.plan(turn, follows ? 1 : turn.settings.job().parallel().dp());
    switch (plan) {
      case Plan.Planned planned when !follows || all || late ->
          RegroupRules.planned(turn, "the run begins");
      case Plan.Refused refused when all || late ->
          EndRules.fail(turn, Category.RESOURCE, refused.message());
      case Plan.Planned planned -> {}
      case Plan.Refused refused -> {}
    }
  }

  /** Another coordinator had a mesh: its nodes announce themselves twice a second. */
  private static void goOn(Turn turn, Phase.Gathering gathering, boolean late) {
    boolean all = turn.state.nodes().byName().keySet().containsAll(gathering.before());
    boolean settled =
        turn.since(gathering.began()) > 1e-3 * turn.settings.timeouts().silence().toMillis();
    if ((all || settled) && MemberRules.replan(turn) instanceof Plan.Planned) {
      RegroupRules.planned(turn, "a coordinator takes over");
    } else if (late && MemberRules.replan(turn) instanceof Plan.Refused refused) {
      EndRules.fail(turn, Category.RESOURCE, refused.message());
    }
  }

  /** Gives every node its ranks; they load {@code held}, or where it is empty what is on disk. */
  static void start(Turn turn, MeshEpoch mesh, List<Holding> held) {
    RunSettings settings = turn.settings;
    RunState.Disk disk = turn.state.disk();
    Path from = held.isEmpty() ? disk.path() : null;
    boolean memory = !held.isEmpty();
    turn.state =
        turn.state
            .with(turn.state.nodes().changed(false))
            .with(Pace.none())
            .with(
                new Phase.Starting(
                    mesh,
                    memory,
                    turn.now,
                    ReadyRanks.none(),
                    turn.deadline(settings.timeouts().ready())));
    MeshJob job =
        new MeshJob(
            settings.jobText(),
            mesh.mesh().tp(),
            mesh.mesh().dp(),
            from == null ? null : from.toString(),
            turn.state.committed(),
            settings.token() + "-" + mesh.fence().term() + "-" + mesh.fence().epoch(),
            mesh.sites(turn.state.members()),
            held);
    mesh.byNode()
        .forEach(
            (node, ranks) ->
                turn.add(
                    new Effect.Order(List.of(node), new AssignRanks(mesh.fence(), job, ranks))));
    turn.event(
        Severity.INFO,
        "mesh-planned",
        "epoch",
        mesh.fence().epoch(),
        "dp",
        (long) job.dp(),
        "tp",
        (long) job.tp(),
        "nodes",
        String.join(", ", mesh.byNode().keySet()),
        "step",
        turn.state.committed(),
        "source",
        memory ? "memory" : from == null ? "initial weights" : "checkpoint");
    MemberRules.tellSpares(turn, mesh);
    turn.report(
        new RunHeader(
            settings.job(),
            mesh.fence().epoch(),
            job.tp(),
            job.dp(),
            mesh.byNode(),
            mesh.device(0, turn.state.members()).name(),
            disk.path(),
            turn.state.committed()));
  }

  static void ready(Turn turn, NodeReady report) {
    if (!(turn.state.phase() instanceof Phase.Starting starting)) {
      return;
    }
    for (RankState rank : report.ranks()) {
      if (rank.step() != turn.state.committed()) {
        EndRules.fail(
            turn,
            Category.DATA,
            "rank %d loaded step %d, but the run goes on from step %d of %s"
                .formatted(
                    rank.rank(),
                    rank.step(),
                    turn.state.committed(),
                    starting.fromMemory() ? "other ranks' memory" : turn.state.disk().path()));
        return;
      }
    }
    ReadyRanks ready = starting.ready().plus(report.ranks());
    MeshEpoch mesh = starting.mesh();
    turn.state =
        turn.state.with(
            new Phase.Starting(
                mesh, starting.fromMemory(), starting.began(), ready, starting.deadline()));
    if (ready.ranks().size() == mesh.size()) {
      turn.report(
          new RunReady(mesh.fence().epoch(), ready.memoryBytes(), turn.since(starting.began())));
      MemberRules.releaseLeaving(turn, mesh);
      begin(turn, mesh);
    }
  }

  /** The first order to ranks that are ready. */
  private static void begin(Turn turn, MeshEpoch mesh) {
    long committed = turn.state.committed();
    String stop = turn.state.stop();
    if (committed >= turn.settings.job().train().steps()) {
      EndRules.conclude(turn, mesh, RunResult.completed(committed));
    } else if (stop != null) {
      EndRules.conclude(turn, mesh, RunResult.stopped(committed, stop));
    } else {
      prepare(turn, mesh);
    }
  }

  /** Orders the step after the committed one. */
  static void prepare(Turn turn, MeshEpoch mesh) {
    turn.order(mesh, new PrepareStep(mesh.fence(), turn.state.committed() + 1));
    turn.state =
        turn.state.with(
            Phase.Training.begin(mesh, turn.now, turn.deadline(turn.settings.timeouts().step())));
  }
}
