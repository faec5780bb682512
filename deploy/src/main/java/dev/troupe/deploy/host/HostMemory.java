package dev.troupe.deploy.host;

import com.sun.management.OperatingSystemMXBean;
import dev.troupe.collectives.device.cpu.ControlGroups;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * Memory of this machine or container.
 *
 * @param total bytes installed, or the container's limit
 * @param available bytes that can be allocated without swapping
 */
public record HostMemory(long total, long available) {

  /** What holds now. */
  public static HostMemory read() {
    return read(Path.of("/"));
  }

  /**
   * Reads {@code proc} and {@code sys} below {@code root}; elsewhere than on Linux, asks the JVM.
   */
  static HostMemory read(Path root) {
    OptionalLong total = meminfo(root, "MemTotal:");
    OptionalLong available = meminfo(root, "MemAvailable:");
    if (total.isEmpty() || available.isEmpty()) {
      OperatingSystemMXBean system =
          ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
      return new HostMemory(system.getTotalMemorySize(), system.getFreeMemorySize());
    }
    long limit = Long.MAX_VALUE;
    long free = Long.MAX_VALUE;
    for (ControlGroups.Limit group :
        ControlGroups.of(root.resolve("proc/self/cgroup"), root.resolve("sys/fs/cgroup"))) {
      limit = Math.min(limit, group.limit());
      free = Math.min(free, group.free());
    }
    return new HostMemory(
        Math.min(total.getAsLong(), limit), Math.max(0, Math.min(available.getAsLong(), free)));
  }

  private static OptionalLong meminfo(Path root, String label) {
    return lines(root.resolve("proc/meminfo")).stream()
        .filter(line -> line.startsWith(label))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst();
  }

  /** The lines of a small system file; none where it cannot be read. */
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
