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
 * come first, then the others by name: the rest are spares. Devices that have a part of the state
 * come first, then the others by their indices; ranks follow the mesh's order, tp fastest. Nodes of
 * one host share its memory.
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
        new Wish(wish.nodes(), wish.current(), wish.least(), Set.of(), wish.kept()));
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
    int[] shares = shares(chosen, tp, dp, wish);
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < shares.length; i++) {
      places.addAll(places(chosen.get(i), shares[i] * tp, wish));
    }
    return new Plan.Planned(new MeshEpoch(fence, new DeviceMesh(tp, dp), places));
  }

  /** How many groups each room gets: first those that are there already, then others in order. */
  private static int[] shares(List<Room> rooms, int tp, int dp, Wish wish) {
    int[] shares = new int[rooms.size()];
    int left = dp;
    for (int i = 0; i < shares.length; i++) {
      Room room = rooms.get(i);
      long kept = all(room).stream().filter(wish.kept()::contains).count();
      shares[i] = Math.min(left, Math.min(room.ranks(), (int) kept) / tp);
      left -= shares[i];
    }
    for (int i = 0; i < shares.length; i++) {
      int more = Math.min(left, rooms.get(i).ranks() / tp - shares[i]);
      shares[i] += more;
      left -= more;
    }
    return shares;
  }

  private static List<Place> places(Room room, int count, Wish wish) {
    return all(room).stream()
        .sorted(Comparator.comparing(place -> !wish.kept().contains(place)))
        .limit(count)
        .sorted(Comparator.comparingInt(Place::device))
        .toList();
  }

  private static List<Place> all(Room room) {
    return room.devices().stream().map(device -> new Place(room.node(), device)).toList();
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
    return follows(job, wish) ? job.parallel().virtualShards() : job.parallel().dp();
  }

  private static boolean follows(JobSpec job, Wish wish) {
    return wish.nodes() > 0 || job.elastic().maxNodes() > 0;
  }

  /**
   * Nodes without ranks that would have some if the virtual shards allowed a wider mesh, by name.
   *
   * @param mesh what these members were given
   */
  public static List<String> beyondShards(
      Collection<NodeInfo> members, JobSpec job, long rankMemory, Wish wish, MeshEpoch mesh) {
    if (!follows(job, wish) || mesh.mesh().dp() < job.parallel().virtualShards()) {
      return List.of();
    }
    int tp = job.parallel().tp();
    return Room.of(members, job.device(), tp, rankMemory, wish.avoided()).stream()
        .filter(room -> room.ranks() >= tp && !mesh.byNode().containsKey(room.node()))
        .map(Room::node)
        .limit(Math.max(0, mostNodes(job.elastic(), wish) - mesh.byNode().size()))
        .toList();
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
