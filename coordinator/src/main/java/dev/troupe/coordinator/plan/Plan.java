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
   * @param members the nodes, by name
   * @param job the job
   * @param groups tensor-parallel groups that the nodes hold
   */
  record Refused(List<Member> members, JobSpec job, int groups) implements Plan {
    /** What the job needs, what there is, what is missing, what to do. */
    public String message() {
      return MeshPlanner.refusal(members, job, groups);
    }
  }
}
