package dev.troupe.coordinator.plan;

import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.spec.JobSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Lays a job's mesh over the nodes. A pure function: members in any order give the same mesh.
 *
 * <p>Tensor-parallel groups never span nodes, so a node of n devices holds floor(n / tp) of them.
 * Nodes are filled in the order of their names, devices in the order of their indices; ranks follow
 * the mesh's order, tp fastest.
 */
public final class MeshPlanner {
  private MeshPlanner() {}

  /** The mesh of {@code job} over {@code members}, or what is missing. */
  public static Plan plan(Collection<Member> members, JobSpec job, Fence fence) {
    int tp = job.parallel().tp();
    int dp = job.parallel().dp();
    List<Member> sorted = members.stream().sorted(Comparator.comparing(Member::node)).toList();
    int groups = groups(sorted, job.device(), tp);
    if (groups < dp) {
      return new Plan.Refused(sorted, job, groups);
    }
    List<Place> places = new ArrayList<>();
    for (Member member : sorted) {
      List<Integer> devices = usable(member, job.device());
      int here = Math.min(devices.size() / tp, dp - places.size() / tp);
      for (int device : devices.subList(0, here * tp)) {
        places.add(new Place(member.node(), device));
      }
    }
    return new Plan.Planned(new MeshEpoch(fence, new DeviceMesh(tp, dp), places));
  }

  private static int groups(List<Member> members, String kind, int tp) {
    int groups = 0;
    for (Member member : members) {
      int devices = 0;
      for (DeviceInfo device : member.devices()) {
        devices += device.kind().equals(kind) ? 1 : 0;
      }
      groups += devices / tp;
    }
    return groups;
  }

  private static List<Integer> usable(Member member, String kind) {
    return member.devices().stream()
        .filter(device -> device.kind().equals(kind))
        .map(DeviceInfo::index)
        .sorted()
        .toList();
  }

  static String refusal(List<Member> members, JobSpec job, int groups) {
    int tp = job.parallel().tp();
    int dp = job.parallel().dp();
    List<String> found = new ArrayList<>();
    for (Member member : members) {
      int devices = usable(member, job.device()).size();
      found.add(member.node() + " has " + devices + " (" + devices / tp + " groups)");
    }
    return ("parallel.dp=%d, parallel.tp=%d needs %d groups of %d %s devices, each group on one"
            + " node; %s. Missing: %d groups. Add nodes with %d or more %s devices, or lower"
            + " parallel.tp or parallel.dp.")
        .formatted(
            dp,
            tp,
            dp,
            tp,
            job.device(),
            found.isEmpty() ? "there is no node" : String.join(", ", found),
            dp - groups,
            tp,
            job.device());
  }
}
