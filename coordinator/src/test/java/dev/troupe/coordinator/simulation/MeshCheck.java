package dev.troupe.coordinator.simulation;

import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.RankSite;
import java.util.HashSet;
import java.util.Set;

/** Whether what ranks are told to do makes sense. */
final class MeshCheck {
  private record Part(int dpIndex, int tpIndex) {}

  private MeshCheck() {}

  static void check(Ledger ledger, Scenario scenario, AssignRanks assign) {
    MeshJob job = assign.job();
    ledger.check(
        Invariant.I10,
        job.tp() == scenario.tp() && job.dp() <= scenario.virtualShards(),
        "a mesh of tp=" + job.tp() + ", dp=" + job.dp());
    ledger.check(
        Invariant.I10,
        assign.ranks().stream().map(RankPlace::device).distinct().count() == assign.ranks().size()
            && assign.ranks().stream().allMatch(place -> place.device() < scenario.devices()),
        "devices of " + assign);
    for (int first = 0; first < job.worldSize(); first += job.tp()) {
      ledger.check(
          Invariant.I10,
          node(job, first).equals(node(job, first + job.tp() - 1)),
          "a tensor-parallel group spans nodes: " + job);
    }
    if (!job.held().isEmpty()) {
      held(ledger, job);
    }
  }

  private static String node(MeshJob job, int rank) {
    return job.sites().stream()
        .filter(site -> site.ranks().contains(rank))
        .map(RankSite::node)
        .findFirst()
        .orElseThrow();
  }

  private static void held(Ledger ledger, MeshJob job) {
    Set<Part> parts = new HashSet<>();
    Holding first = job.held().getFirst();
    for (Holding held : job.held()) {
      ledger.check(
          Invariant.I5,
          held.epoch() == first.epoch() && held.step() == job.resumeStep(),
          "a state is put together of " + first + " and " + held);
      parts.add(new Part(held.dpIndex(), held.tpIndex()));
    }
    ledger.check(
        Invariant.I5, parts.size() == first.dp() * job.tp(), "parts are missing in " + job.held());
  }
}
