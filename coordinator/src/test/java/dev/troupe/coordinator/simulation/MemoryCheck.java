package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.state.Phase;
import dev.troupe.coordinator.state.RunState;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.RankSite;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Whether a committed state is in the memory of nodes that a coordinator has heard. */
final class MemoryCheck {
  private record Part(int dpIndex, int tpIndex) {}

  private record Cut(long epoch, int dp) {}

  private final World world;

  MemoryCheck(World world) {
    this.world = world;
  }

  /** Whether the nodes that answered said that they have all of it. */
  boolean told(Phase.Regrouping regrouping, RunState state) {
    Set<String> processes = processes(state);
    Map<Cut, Set<Part>> parts = new HashMap<>();
    regrouping.held().values().stream()
        .flatMap(Collection::stream)
        .filter(held -> held.step() == state.committed() && processes.contains(held.process()))
        .forEach(
            held ->
                parts
                    .computeIfAbsent(new Cut(held.epoch(), held.dp()), key -> new HashSet<>())
                    .add(part(held)));
    return parts.entrySet().stream()
        .anyMatch(cut -> cut.getValue().size() == cut.getKey().dp() * world.scenario.tp());
  }

  private static Part part(Holding held) {
    return new Part(held.dpIndex(), held.tpIndex());
  }

  /**
   * Whether the processes that live and whose nodes answered must have all of it: their ranks had
   * prepared the step.
   *
   * @param job the mesh that committed it
   */
  boolean there(Phase.Regrouping regrouping, RunState state, MeshJob job) {
    Set<String> processes = processes(state);
    Buddies buddies = Buddies.of(job, world.scenario.copies());
    Set<Part> parts = new HashSet<>();
    for (RankSite site : job.sites()) {
      boolean lives =
          regrouping.held().containsKey(site.node())
              && processes.contains(site.process())
              && world.ledger.worker(site.process()) != null;
      for (int rank : lives ? site.ranks().list() : Set.<Integer>of()) {
        parts.add(new Part(rank / job.tp(), rank % job.tp()));
        buddies.wards(rank).forEach(ward -> parts.add(new Part(ward, rank % job.tp())));
      }
    }
    return parts.size() == job.worldSize();
  }

  private static Set<String> processes(RunState state) {
    Set<String> processes = new HashSet<>();
    state
        .members()
        .forEach(
            (name, info) ->
                info.devices().stream().map(DeviceInfo::process).forEach(processes::add));
    return processes;
  }
}
