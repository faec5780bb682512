package dev.troupe.proto.message;

import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A node offers its devices. The one message that belongs to no mesh yet; sending it twice changes
 * nothing.
 *
 * @param node name of the node
 * @param devices its devices, each index once
 * @param agent where orders go
 */
public record RegisterNode(String node, List<DeviceInfo> devices, ActorRef<AgentCommand> agent)
    implements CoordinatorCommand {
  /** Copies the list and checks the fields. */
  public RegisterNode {
    Checks.notBlank("node", node);
    devices = List.copyOf(devices);
    if (devices.stream().map(DeviceInfo::index).distinct().count() < devices.size()) {
      throw new IllegalArgumentException("node " + node + " names a device twice: " + devices);
    }
  }
}
