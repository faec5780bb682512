package dev.troupe.coordinator.plan;

import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.config.ByteSize;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.spec.JobSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Lays a job's mesh over the nodes. A pure function: members in any order give the same mesh.
 *
 * <p>Tensor-parallel groups never span nodes, so a node of n devices holds floor(n / tp) of them.
 * Nodes are filled in the order of their names, devices in the order of their indices; ranks follow
 * the mesh's order, tp fastest. Nodes of one host share its memory.
 */
public final class MeshPlanner {
  private MeshPlanner() {}

  /**
   * The mesh of {@code job} over {@code members}, or what is missing.
   *
   * @param rankMemory bytes that a rank will allocate; 0 where unknown
   */
  public static Plan plan(Collection<NodeInfo> members, JobSpec job, Fence fence, long rankMemory) {
    int tp = job.parallel().tp();
    int dp = job.parallel().dp();
    List<Room> rooms = Room.of(members, job.device(), tp, rankMemory);
    int groups = rooms.stream().mapToInt(room -> room.ranks() / tp).sum();
    if (groups < dp) {
      return new Plan.Refused(rooms, job, groups, rankMemory);
    }
    List<Place> places = new ArrayList<>();
    for (Room room : rooms) {
      int here = Math.min(room.ranks() / tp, dp - places.size() / tp);
      for (int device : room.devices().subList(0, here * tp)) {
        places.add(new Place(room.node(), device));
      }
    }
    return new Plan.Planned(new MeshEpoch(fence, new DeviceMesh(tp, dp), places));
  }

  static String refusal(List<Room> rooms, JobSpec job, int groups, long rankMemory) {
    int tp = job.parallel().tp();
    int dp = job.parallel().dp();
    String found =
        rooms.isEmpty()
            ? "there is no node"
            : rooms.stream().map(room -> room.describe(tp)).collect(Collectors.joining(", "));
    String memory =
        rankMemory == 0 ? "" : " A rank takes " + ByteSize.text(rankMemory) + " of memory.";
    return ("parallel.dp=%d, parallel.tp=%d needs %d groups of %d %s devices, each group on one"
            + " node; %s. Missing: %d groups.%s Add nodes with %d or more %s devices, or lower"
            + " parallel.tp or parallel.dp.")
        .formatted(dp, tp, dp, tp, job.device(), found, dp - groups, memory, tp, job.device());
  }
}
