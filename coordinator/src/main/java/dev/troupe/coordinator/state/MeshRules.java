package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.coordinator.plan.MeshPlanner;
import dev.troupe.coordinator.plan.Plan;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.NodeReady;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.RankState;
import dev.troupe.proto.message.Tally;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/** From nodes to a mesh that is ready for its first step. */
final class MeshRules {
  private MeshRules() {}

  static void joined(Turn turn, NodeInfo member) {
    if (member.equals(turn.state.members().get(member.node()))) {
      return;
    }
    TreeMap<String, NodeInfo> members = new TreeMap<>(turn.state.members());
    members.put(member.node(), member);
    turn.state = turn.state.with(members);
    turn.event(
        RunEvent.Severity.INFO,
        "node-joined",
        "node",
        member.node(),
        "devices",
        (long) member.devices().size());
    if (turn.state.phase() instanceof Phase.Gathering) {
      plan(turn, members.size() >= turn.settings.expectedNodes());
    }
  }

  /** Starts a mesh where the nodes suffice; else ends the run if no more nodes are to come. */
  static void plan(Turn turn, boolean last) {
    Plan plan =
        MeshPlanner.plan(
            turn.state.members().values(),
            turn.settings.job(),
            turn.state.fence().next(),
            turn.settings.rankMemory());
    switch (plan) {
      case Plan.Planned planned -> start(turn, planned.epoch());
      case Plan.Refused refused -> {
        if (last) {
          EndRules.fail(turn, Category.RESOURCE, refused.message());
        }
      }
    }
  }

  private static void start(Turn turn, MeshEpoch mesh) {
    RunSettings settings = turn.settings;
    Path from = settings.resumeFrom();
    turn.state =
        turn.state
            .with(mesh.fence())
            .with(
                new Phase.Starting(
                    mesh, turn.now, ReadyRanks.none(), turn.deadline(settings.timeouts().ready())));
    MeshJob job =
        new MeshJob(
            settings.jobText(),
            mesh.mesh().tp(),
            mesh.mesh().dp(),
            from == null ? null : from.toString(),
            settings.resumeStep(),
            settings.token() + "-" + mesh.fence().term() + "-" + mesh.fence().epoch(),
            mesh.sites(turn.state.members()),
            List.of());
    mesh.byNode()
        .forEach(
            (node, ranks) ->
                turn.add(
                    new Effect.Order(List.of(node), new AssignRanks(mesh.fence(), job, ranks))));
    turn.report(
        new RunHeader(
            settings.job(),
            mesh.fence().epoch(),
            job.tp(),
            job.dp(),
            mesh.byNode(),
            mesh.device(0, turn.state.members()).name(),
            from,
            settings.resumeStep()));
  }

  static void ready(Turn turn, NodeReady report) {
    if (!(turn.state.phase() instanceof Phase.Starting starting)) {
      return;
    }
    for (RankState rank : report.ranks()) {
      if (rank.step() != turn.settings.resumeStep()) {
        EndRules.fail(
            turn,
            Category.DATA,
            "rank "
                + rank.rank()
                + " loaded step "
                + rank.step()
                + ", but the run resumes at step "
                + turn.settings.resumeStep()
                + " of "
                + turn.settings.resumeFrom());
        return;
      }
    }
    ReadyRanks ready = starting.ready().plus(report.ranks());
    MeshEpoch mesh = starting.mesh();
    turn.state =
        turn.state.with(new Phase.Starting(mesh, starting.began(), ready, starting.deadline()));
    if (ready.ranks().size() == mesh.size()) {
      turn.report(
          new RunReady(mesh.fence().epoch(), ready.memoryBytes(), turn.since(starting.began())));
      begin(turn, mesh);
    }
  }

  private static void begin(Turn turn, MeshEpoch mesh) {
    long committed = turn.state.committed();
    if (committed >= turn.settings.job().train().steps()) {
      EndRules.conclude(turn, mesh, RunResult.completed(committed));
      return;
    }
    turn.order(mesh, new PrepareStep(mesh.fence(), committed + 1));
    turn.state =
        turn.state.with(
            new Phase.Training(
                mesh, turn.now, Tally.empty(), turn.deadline(turn.settings.timeouts().step())));
  }
}
