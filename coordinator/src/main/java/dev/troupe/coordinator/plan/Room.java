package dev.troupe.coordinator.plan;

import dev.troupe.proto.config.ByteSize;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.NodeInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a node has for a job.
 *
 * @param node its name
 * @param devices indices of its devices of the right kind and size, ascending
 * @param ranks ranks that its devices and its memory have room for
 * @param memory bytes of the host that its ranks may take together; 0 where unknown, or where its
 *     devices have memory of their own
 */
public record Room(String node, List<Integer> devices, int ranks, long memory) {

  /** The rooms of all nodes, by name. Memory goes to the nodes of a host in that order. */
  static List<Room> of(
      Collection<NodeInfo> members, String kind, int tp, long rankMemory, Set<Place> avoided) {
    Map<String, Long> taken = new HashMap<>();
    List<Room> rooms = new ArrayList<>();
    for (NodeInfo member : members.stream().sorted(Comparator.comparing(NodeInfo::node)).toList()) {
      List<Integer> devices =
          member.devices().stream()
              .filter(device -> device.kind().equals(kind))
              .filter(device -> !avoided.contains(new Place(member.node(), device.index())))
              .filter(device -> device.memoryBytes() == 0 || device.memoryBytes() >= rankMemory)
              .map(DeviceInfo::index)
              .sorted()
              .toList();
      int ranks = devices.size();
      long free = 0;
      boolean ofTheHost = member.devices().stream().allMatch(device -> device.memoryBytes() == 0);
      if (ofTheHost && member.memoryBytes() > 0 && rankMemory > 0) {
        free = Math.max(0, member.memoryBytes() - taken.getOrDefault(member.host(), 0L));
        ranks = (int) Math.min(ranks, free / rankMemory);
        taken.merge(member.host(), ranks / tp * tp * rankMemory, Long::sum);
      }
      rooms.add(new Room(member.node(), devices, ranks, free));
    }
    return rooms;
  }

  /** For people: what there is, in groups of {@code tp}. */
  String describe(int tp) {
    String text = node + " has " + devices.size() + " (" + ranks / tp + " groups)";
    return ranks < devices.size()
        ? text + " and memory for " + ranks + " ranks (" + ByteSize.text(memory) + ")"
        : text;
  }
}
