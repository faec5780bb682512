package dev.troupe.coordinator.plan;

import dev.troupe.proto.message.DeviceInfo;
import java.util.List;

/**
 * A node that offers devices.
 *
 * @param node its name
 * @param devices its devices
 */
public record Member(String node, List<DeviceInfo> devices) {
  /** Copies the list. */
  public Member {
    devices = List.copyOf(devices);
  }
}
