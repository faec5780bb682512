package dev.troupe.coordinator.plan;

import dev.troupe.proto.message.Holding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds a whole state among the parts that processes hold in memory. A pure function. */
public final class HeldState {
  private record Part(int dpIndex, int tpIndex) {}

  private HeldState() {}

  /**
   * All parts of one mesh's state of {@code step} that {@code processes} hold, if they make up the
   * whole of it; of several such meshes the latest. Empty where a part is missing.
   *
   * @param held what there is, wherever
   * @param step committed steps of the state that is looked for
   * @param tp tensor-parallel width
   * @param processes the processes of the mesh that is to load it
   */
  public static List<Holding> whole(
      Collection<Holding> held, long step, int tp, Set<String> processes) {
    SortedMap<Long, List<Holding>> byEpoch = new TreeMap<>();
    for (Holding holding : held) {
      if (holding.step() == step && processes.contains(holding.process())) {
        byEpoch.computeIfAbsent(holding.epoch(), epoch -> new ArrayList<>()).add(holding);
      }
    }
    for (List<Holding> ofMesh : byEpoch.sequencedValues().reversed()) {
      Set<Part> parts = new HashSet<>();
      ofMesh.forEach(each -> parts.add(new Part(each.dpIndex(), each.tpIndex())));
      if (parts.size() == tp * ofMesh.getFirst().dp()) {
        return List.copyOf(ofMesh);
      }
    }
    return List.of();
  }
}
