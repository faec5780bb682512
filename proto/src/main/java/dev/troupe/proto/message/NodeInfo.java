package dev.troupe.proto.message;

import java.util.List;

/**
 * What a node is and offers.
 *
 * @param node its name
 * @param host names the machine, as far as shared memory goes
 * @param cores processor cores of the machine
 * @param memoryBytes main memory that the node's ranks may take together; 0 where unknown
 * @param devices its devices, each index once
 */
public record NodeInfo(
    String node, String host, int cores, long memoryBytes, List<DeviceInfo> devices) {
  /** Copies the list and checks the fields. */
  public NodeInfo {
    Checks.notBlank("node", node);
    Checks.label("host", host);
    Checks.notNegative("cores", cores);
    Checks.notNegative("memory", memoryBytes);
    devices = List.copyOf(devices);
    if (devices.stream().map(DeviceInfo::index).distinct().count() < devices.size()) {
      throw new IllegalArgumentException("node " + node + " names a device twice: " + devices);
    }
  }

  /** A node of a run in one process. */
  public NodeInfo(String node, List<DeviceInfo> devices) {
    this(node, "local", 0, 0, devices);
  }
}
