package dev.troupe.coordinator.plan;

import dev.troupe.proto.message.Holding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds a whole state among the parts that processes hold in memory. A pure function. */
public final class HeldState {
  private record Part(int dpIndex, int tpIndex) {}

  private record MeshPart(long epoch, int dpIndex, int tpIndex) {
    static MeshPart of(Holding holding) {
      return new MeshPart(holding.epoch(), holding.dpIndex(), holding.tpIndex());
    }
  }

  private HeldState() {}

  /**
   * All parts of one mesh's state of {@code step} that {@code processes} hold, if they make up the
   * whole of it; of several such meshes the latest. Empty where a part is missing, or is not the
   * same wherever it is held, in these processes or others.
   *
   * @param held what there is, wherever
   * @param step committed steps of the state that is looked for
   * @param tp tensor-parallel width
   * @param processes the processes of the mesh that is to load it
   */
  public static List<Holding> whole(
      Collection<Holding> held, long step, int tp, Set<String> processes) {
    SortedMap<Long, List<Holding>> byEpoch = new TreeMap<>();
    List<Holding> doubtful = differing(held, step);
    for (Holding holding : held) {
      if (holding.step() == step
          && processes.contains(holding.process())
          && !doubtful.contains(holding)) {
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

  /**
   * The parts of the state of {@code step} whose holders have different things: memory was damaged
   * somewhere since replicas were last compared, and nobody knows where.
   */
  public static List<Holding> differing(Collection<Holding> held, long step) {
    Map<MeshPart, List<Holding>> holders = new LinkedHashMap<>();
    for (Holding holding : held) {
      if (holding.step() == step) {
        holders.computeIfAbsent(MeshPart.of(holding), part -> new ArrayList<>()).add(holding);
      }
    }
    return holders.values().stream()
        .filter(of -> of.stream().mapToLong(Holding::digest).distinct().count() > 1)
        .flatMap(List::stream)
        .toList();
  }
}
