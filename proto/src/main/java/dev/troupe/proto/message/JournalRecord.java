package dev.troupe.proto.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run's coordinator must know of the one before it.
 *
 * @param term the coordinator that wrote this; 0: none yet
 * @param epoch the newest mesh epoch that was ever named
 * @param committed the last committed step
 * @param committedIn epoch of the mesh that prepared it: ranks of another mesh may have prepared
 *     the same step otherwise, and that does not count
 * @param last what that step came to: a coordinator that ends before it wrote it down leaves that
 *     to the next one; null: nothing is known of it
 * @param nodes how many nodes the run was told to use; 0: what the job says
 * @param stop why the run is to stop; null: it goes on
 * @param meshNodes the nodes of the newest mesh
 */
public record JournalRecord(
    long term,
    long epoch,
    long committed,
    long committedIn,
    @Nullable CommittedStep last,
    int nodes,
    @Nullable String stop,
    List<String> meshNodes) {
  /** Copies the list and checks the fields. */
  public JournalRecord {
    Checks.notNegative("term", term);
    Checks.notNegative("epoch", epoch);
    Checks.notNegative("committed", committed);
    Checks.notNegative("epoch of the committed step", committedIn);
    Checks.notNegative("nodes", nodes);
    meshNodes = List.copyOf(meshNodes);
    meshNodes.forEach(node -> Checks.notBlank("node", node));
  }

  /** The record before the first coordinator's: {@code step} steps are committed. */
  public static JournalRecord first(long step) {
    return new JournalRecord(0, 0, step, 0, null, 0, null, List.of());
  }

  /** The same, taken over by another coordinator. */
  public JournalRecord withTerm(long newTerm) {
    return new JournalRecord(newTerm, epoch, committed, committedIn, last, nodes, stop, meshNodes);
  }
}
