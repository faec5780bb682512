package dev.troupe.train;

import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.optim.Buddies;
import java.util.List;

/**
 * Where a rank of the mesh runs.
 *
 * @param node name of its node
 * @param process name of its process, unique in the cluster
 */
public record RankHome(String node, String process) {
  /**
   * The buddies of a rank's data-parallel group: every one on another node than its ward where the
   * group has several, else in another process, so that every state is there after the loss of any
   * one; none where the whole group is in one process.
   *
   * @param homes where all ranks of the mesh run, by rank
   */
  static Buddies buddies(DeviceMesh mesh, int rank, List<RankHome> homes) {
    List<RankHome> group = mesh.dataGroup(rank).ranks().stream().map(homes::get).toList();
    List<String> nodes = group.stream().map(RankHome::node).toList();
    boolean oneNode = nodes.stream().distinct().count() == 1;
    return Buddies.apart(oneNode ? group.stream().map(RankHome::process).toList() : nodes);
  }
}
