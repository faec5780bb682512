package dev.troupe.coordinator.plan;

import dev.troupe.proto.spec.JobSpec;
import java.util.List;

/** What planning came to. */
public sealed interface Plan permits Plan.Planned, Plan.Refused {
  /**
   * There is a mesh.
   *
   * @param epoch the mesh
   */
  record Planned(MeshEpoch epoch) implements Plan {}

  /**
   * The nodes do not suffice, for now: planning is tried with every node that comes.
   *
   * @param rooms what the nodes have for the job, by name
   * @param job the job
   * @param groups tensor-parallel groups that the nodes hold
   * @param rankMemory bytes that a rank will allocate; 0 where unknown
   */
  record Refused(List<Room> rooms, JobSpec job, int groups, long rankMemory) implements Plan {
    /** What the job needs, what there is, what is missing, what to do. */
    public String message() {
      return MeshPlanner.refusal(rooms, job, groups, rankMemory);
    }
  }
}
