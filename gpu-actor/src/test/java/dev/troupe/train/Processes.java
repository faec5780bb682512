package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.checkpoint.StateKind;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.spec.JobSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Processes that come and go, each with its memory for committed states, mesh after mesh. */
final class Processes {
  private final Map<String, StateVault> vaults = new TreeMap<>();
  private final Communicators communicators = new LocalCommunicators();
  private long epoch;

  Communicators communicators() {
    return communicators;
  }

  /** Epoch of the latest mesh. */
  long epoch() {
    return epoch;
  }

  /** The memory of a process, which is made where it is not there. */
  StateVault vault(String process) {
    return vaults.computeIfAbsent(process, name -> new StateVault());
  }

  /** The process dies, and what it held with it. */
  void kill(String process) {
    vault(process).clear();
    vaults.remove(process);
  }

  /** All that the processes of a mesh hold of a step. */
  Start.Memory held(long step, List<String> processOfRank) {
    Map<HeldKey, List<String>> holders = new LinkedHashMap<>();
    vaults.forEach(
        (process, vault) -> {
          if (processOfRank.contains(process)) {
            vault
                .keys()
                .forEach(key -> holders.computeIfAbsent(key, k -> new ArrayList<>()).add(process));
          }
        });
    return new Start.Memory(
        step,
        holders.entrySet().stream().map(e -> new Start.Part(e.getKey(), e.getValue())).toList());
  }

  /** Every copy of every part; buffers are equal where all of their bytes are. */
  List<ByteBuffer> bytes(Start.Memory memory) {
    List<ByteBuffer> all = new ArrayList<>();
    for (Start.Part part : memory.parts()) {
      assertTrue(part.processes().size() > 1, "no copy of " + part.key());
      for (String process : part.processes()) {
        all.add(bytes(process, part.key()));
      }
    }
    return all;
  }

  private ByteBuffer bytes(String process, HeldKey key) {
    HeldState state = vault(process).get(key);
    assertNotNull(state, key::toString);
    ByteBuffer all = ByteBuffer.allocate((int) (3 * state.elements() * Float.BYTES));
    for (StateKind kind : StateKind.values()) {
      all.put(state.elements(kind, 0, state.elements()).asByteBuffer());
    }
    return all.flip();
  }

  /**
   * Runs a mesh of the next epoch.
   *
   * @param processOfRank names of the ranks' processes; their first letter is that of the node
   */
  <T> List<T> run(
      JobSpec job, DeviceMesh mesh, Start start, List<String> processOfRank, Ranks.Work<T> work) {
    return Ranks.run(
        assignments(job, mesh, start, processOfRank),
        communicators,
        MeshParityTest.data(job),
        work);
  }

  /** The ranks of a mesh of the next epoch. */
  List<Assignment> assignments(
      JobSpec job, DeviceMesh mesh, Start start, List<String> processOfRank) {
    epoch++;
    List<RankHome> homes =
        processOfRank.stream().map(name -> new RankHome(name.substring(0, 1), name)).toList();
    List<Assignment> assignments = new ArrayList<>();
    for (int rank = 0; rank < mesh.size(); rank++) {
      assignments.add(
          new Assignment(
              job,
              epoch,
              mesh,
              rank,
              mesh.size(),
              rank,
              start,
              homes,
              vault(processOfRank.get(rank))));
    }
    return assignments;
  }
}
