package dev.troupe.coordinator.simulation;

import static dev.troupe.coordinator.simulation.VirtualTime.MILLISECOND;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The data plane: collectives of the ranks of one mesh epoch. A collective ends once every rank of
 * the mesh has entered it, all their machines hear each other and none is stopped; each rank learns
 * of that at a moment of its own. Where a process ends or aborts, most of the others notice that
 * their connection broke, and some hang until they are aborted, too.
 */
final class Fabric {
  /** Words of all ranks of a mesh, by rank. */
  interface Words extends Consumer<SortedMap<Integer, Object>> {}

  /** Which collective of an epoch. */
  record Name(String kind, long step) {}

  /** One rank in a collective. */
  record Party(int rank, Process process, Object word, Words done, Runnable broken) {}

  private static final class Mesh {
    final Set<Process> members = new LinkedHashSet<>();
    final Set<Process> gone = new LinkedHashSet<>();
    final Map<Name, Map<Integer, Party>> waiting = new LinkedHashMap<>();
  }

  private final VirtualTime time;
  private final Network network;
  private final Random random;
  private final Map<Long, Mesh> meshes = new HashMap<>();

  Fabric(VirtualTime time, Network network, Random random) {
    this.time = time;
    this.network = network;
    this.random = random;
  }

  /**
   * Enters a collective of {@code size} ranks; one of the party's two ends is told once, or none.
   */
  void enter(long epoch, int size, Name name, Party party) {
    Mesh mesh = meshes.computeIfAbsent(epoch, key -> new Mesh());
    if (mesh.members.add(party.process())) {
      party.process().whenKilled(() -> leave(mesh, party.process()));
    }
    if (mesh.gone.contains(party.process())) {
      party.process().run(party.broken());
      return;
    }
    Map<Integer, Party> parties = mesh.waiting.computeIfAbsent(name, key -> new TreeMap<>());
    parties.put(party.rank(), party);
    if (!mesh.gone.isEmpty()) {
      maybeBreak(parties, party);
    } else if (parties.size() == size) {
      time.after(MILLISECOND + random.nextInt(5_000_000), () -> tryEnd(mesh, name));
    }
  }

  /** Ends what a process takes part in, now and later. */
  void abort(long epoch, Process process) {
    leave(meshes.computeIfAbsent(epoch, key -> new Mesh()), process);
  }

  private void leave(Mesh mesh, Process process) {
    if (!mesh.gone.add(process)) {
      return;
    }
    for (Map<Integer, Party> parties : List.copyOf(mesh.waiting.values())) {
      for (Party party : List.copyOf(parties.values())) {
        if (party.process() != process) {
          maybeBreak(parties, party);
        } else if (parties.remove(party.rank()) != null) {
          process.run(party.broken());
        }
      }
    }
  }

  /** Most connections that break are noticed. */
  private void maybeBreak(Map<Integer, Party> parties, Party party) {
    if (random.nextInt(8) > 0) {
      party
          .process()
          .after(
              MILLISECOND + random.nextInt(100_000_000),
              () -> {
                if (parties.remove(party.rank(), party)) {
                  party.broken().run();
                }
              });
    }
  }

  private void tryEnd(Mesh mesh, Name name) {
    Map<Integer, Party> parties = Objects.requireNonNull(mesh.waiting.get(name));
    if (!mesh.gone.isEmpty()) {
      return;
    }
    if (!allHear(mesh.members)) {
      time.after(20 * MILLISECOND, () -> tryEnd(mesh, name));
      return;
    }
    TreeMap<Integer, Object> words = new TreeMap<>();
    parties.forEach((rank, party) -> words.put(rank, party.word()));
    for (Party party : List.copyOf(parties.values())) {
      party
          .process()
          .after(
              random.nextInt(20_000_000),
              () -> {
                if (parties.remove(party.rank(), party)) {
                  party.done().accept(words);
                }
              });
    }
  }

  private boolean allHear(Collection<Process> members) {
    for (Process one : members) {
      if (one.paused()) {
        return false;
      }
      for (Process other : members) {
        if (!network.connected(one.host(), other.host())) {
          return false;
        }
      }
    }
    return true;
  }
}
