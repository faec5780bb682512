package dev.troupe.collectives.device.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * Memory limits of Linux control groups, versions 1 and 2. What is free in a group is {@code limit
 * - (usage - inactive file cache)}, and the tightest group on the way to the root decides.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">Control Group v2</a>
 */
final class ControlGroups {
  private static final String V2_PREFIX = "0::";

  private ControlGroups() {}

  /**
   * Bytes left in the process's groups, {@link Long#MAX_VALUE} where there is no limit.
   *
   * @param membership {@code /proc/self/cgroup}
   * @param mount {@code /sys/fs/cgroup}
   */
  static long freeBytes(Path membership, Path mount) {
    long free = Long.MAX_VALUE;
    for (String line : lines(membership)) {
      List<String> fields = List.of(line.split(":", 3));
      if (fields.size() < 3) {
        continue;
      }
      if (line.startsWith(V2_PREFIX)) {
        free = Math.min(free, tightest(mount, fields.get(2), Version.V2));
      } else if (List.of(fields.get(1).split(",", -1)).contains("memory")) {
        free = Math.min(free, tightest(mount.resolve("memory"), fields.get(2), Version.V1));
      }
    }
    return free;
  }

  /** Walks from the process's group up to the mount point. */
  private static long tightest(Path root, String group, Version names) {
    Path base = root.normalize();
    Path at = base.resolve("./" + group).normalize();
    long free = Long.MAX_VALUE;
    for (; at != null && at.startsWith(base); at = at.getParent()) {
      free = Math.min(free, free(at, names));
    }
    return free;
  }

  private static long free(Path group, Version names) {
    OptionalLong limit = number(lines(group.resolve(names.limit)), "");
    OptionalLong usage = number(lines(group.resolve(names.usage)), "");
    if (limit.isEmpty() || usage.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long cache = number(lines(group.resolve("memory.stat")), names.cache + " ").orElse(0);
    return Math.max(0, limit.getAsLong() - Math.max(0, usage.getAsLong() - cache));
  }

  /** The number after {@code prefix}; none for the word {@code max}. */
  private static OptionalLong number(List<String> lines, String prefix) {
    return lines.stream()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()).strip())
        .filter(text -> text.matches("\\d{1,18}"))
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  /** What the two versions call the same numbers. */
  private enum Version {
    V1("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    V2("memory.max", "memory.current", "inactive_file");

    private final String limit;
    private final String usage;
    private final String cache;

    Version(String limit, String usage, String cache) {
      this.limit = limit;
      this.usage = usage;
      this.cache = cache;
    }
  }
}
