package dev.troupe.collectives.device.cpu;

import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * How much memory this process may still take: what the machine has available, and what its control
 * groups leave of their limits. Thread-safe.
 */
final class HostMemory {
  private static final HostMemory THIS_MACHINE =
      new HostMemory(Path.of("/proc"), Path.of("/sys/fs/cgroup"));

  private final Path proc;
  private final Path cgroups;

  /** Bytes that were granted but are not yet visible in the system's own numbers. */
  private long reserved;

  HostMemory(Path proc, Path cgroups) {
    this.proc = proc;
    this.cgroups = cgroups;
  }

  /** The one memory of this machine, so that devices of one process do not grant it twice. */
  static HostMemory ofThisMachine() {
    return THIS_MACHINE;
  }

  /** Bytes that could be allocated now. */
  synchronized long freeBytes() {
    long machine = memAvailable().orElseGet(HostMemory::freeBySystemBean);
    long group = ControlGroups.freeBytes(proc.resolve("self/cgroup"), cgroups);
    return Math.max(0, Math.min(machine, group) - reserved);
  }

  /**
   * Grants memory to the caller, who calls {@link #settle} once it is allocated.
   *
   * @param owner device that asks, for the message
   * @throws TroupeException with category RESOURCE when there is not enough
   */
  synchronized void reserve(String owner, long bytes) {
    long free = freeBytes();
    if (bytes > free) {
      throw TroupeException.resource(
          String.format(
              Locale.ROOT,
              "%s: %,d bytes asked, %,d bytes free. Use a smaller model, micro-batch or sequence"
                  + " length, or a machine (or memory limit) with more memory.",
              owner,
              bytes,
              free));
    }
    reserved += bytes;
  }

  /** Ends a reservation: its bytes are now seen as used by the system, or were never taken. */
  synchronized void settle(long bytes) {
    reserved -= bytes;
  }

  private OptionalLong memAvailable() {
    Path file = proc.resolve("meminfo");
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.stream()
          .filter(line -> line.startsWith("MemAvailable:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private static long freeBySystemBean() {
    var system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    return system.getFreeMemorySize();
  }
}
