package dev.troupe.proto.message;

/**
 * Brings a fault about. A node obeys only where it was started for such tests, and answers {@link
 * FaultDone}.
 *
 * @param fence the mesh that the sender saw; told for the record, for faults strike in any mesh
 * @param id number of the fault in its run
 * @param rank the rank that is hit; -1: none
 * @param device the rank's device, or {@link #AGENT} or {@link #NODE}
 * @param fault what is to go wrong
 */
public record InjectFault(Fence fence, long id, int rank, int device, Fault fault)
    implements AgentCommand, WorkerCommand {
  /** In place of a device: the agent's process. */
  public static final int AGENT = -1;

  /** In place of a device: all processes of the node. */
  public static final int NODE = -2;

  /** Checks the numbers. */
  public InjectFault {
    Checks.notNegative("fault", id);
    if (device < NODE || rank < -1) {
      throw new IllegalArgumentException("a fault hits device " + device + ", rank " + rank);
    }
  }
}
