package dev.troupe.coordinator.plan;

import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.config.ByteSize;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.spec.ElasticSpec;
import dev.troupe.proto.spec.JobSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lays a job's mesh over the nodes. A pure function: members in any order give the same mesh.
 *
 * <p>Tensor-parallel groups never span nodes, so a node of n devices holds floor(n / tp) of them.
 * The data-parallel width is the job's where there is room for it; with fewer nodes it is as many
 * groups as they hold, and where {@code elastic.max-nodes} or a request names a number of nodes it
 * follows them, up to the virtual shards. The global batch never changes. Nodes of the mesh before
 * come first, then the others by name: the rest are spares. Devices go by their indices; ranks
 * follow the mesh's order, tp fastest. Nodes of one host share its memory.
 */
public final class MeshPlanner {
  private MeshPlanner() {}

  /**
   * The mesh, or why there is none.
   *
   * @param members the nodes that may be used
   * @param job gives tp, dp, the virtual shards, the kind of device and the bounds of elasticity
   * @param fence the mesh's
   * @param rankMemory bytes that a rank will allocate; 0 where unknown: memory is not looked at
   * @param wish what else counts
   */
  public static Plan plan(
      Collection<NodeInfo> members, JobSpec job, Fence fence, long rankMemory, Wish wish) {
    if (!wish.avoided().isEmpty()) {
      Plan without = lay(members, job, fence, rankMemory, wish);
      if (without instanceof Plan.Planned) {
        return without;
      }
    }
    return lay(
        members,
        job,
        fence,
        rankMemory,
        new Wish(wish.nodes(), wish.current(), wish.least(), Set.of()));
  }

  private static Plan lay(
      Collection<NodeInfo> members, JobSpec job, Fence fence, long rankMemory, Wish wish) {
    int tp = job.parallel().tp();
    List<Room> rooms = Room.of(members, job.device(), tp, rankMemory, wish.avoided());
    int most = mostNodes(job.elastic(), wish);
    int width = widest(job, wish);
    List<Room> chosen = new ArrayList<>();
    int groups = 0;
    for (Room room : inOrder(rooms, wish)) {
      if (groups < width && chosen.size() < most && room.ranks() >= tp) {
        chosen.add(room);
        groups += room.ranks() / tp;
      }
    }
    int dp = Math.min(groups, width);
    if (dp < wish.least() || (chosen.size() < job.elastic().minNodes() && groups < width)) {
      return new Plan.Refused(rooms, job, groups, rankMemory);
    }
    chosen.sort(Comparator.comparing(Room::node));
    List<Place> places = new ArrayList<>();
    for (Room room : chosen) {
      int here = Math.min(room.ranks() / tp, dp - places.size() / tp);
      for (int device : room.devices().subList(0, here * tp)) {
        places.add(new Place(room.node(), device));
      }
    }
    return new Plan.Planned(new MeshEpoch(fence, new DeviceMesh(tp, dp), places));
  }

  /** Nodes of the mesh so far first, so that no rank moves without need. */
  private static List<Room> inOrder(List<Room> rooms, Wish wish) {
    return rooms.stream()
        .sorted(
            Comparator.comparing((Room room) -> !wish.current().contains(room.node()))
                .thenComparing(Room::node))
        .toList();
  }

  private static int mostNodes(ElasticSpec elastic, Wish wish) {
    if (wish.nodes() > 0) {
      return wish.nodes();
    }
    return elastic.maxNodes() > 0 ? elastic.maxNodes() : Integer.MAX_VALUE;
  }

  /** The largest data-parallel width that the job may have now. */
  private static int widest(JobSpec job, Wish wish) {
    boolean follows = wish.nodes() > 0 || job.elastic().maxNodes() > 0;
    return follows ? job.parallel().virtualShards() : job.parallel().dp();
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
    String fewest =
        job.elastic().minNodes() == 1
            ? ""
            : " elastic.min-nodes=%d forbids to go on with fewer nodes."
                .formatted(job.elastic().minNodes());
    return ("parallel.dp=%d, parallel.tp=%d needs %d groups of %d %s devices, each group on one"
            + " node; %s. Missing: %d groups.%s%s Add nodes with %d or more %s devices, or lower"
            + " parallel.tp or parallel.dp.")
        .formatted(
            dp, tp, dp, tp, job.device(), found, dp - groups, memory, fewest, tp, job.device());
  }
}
