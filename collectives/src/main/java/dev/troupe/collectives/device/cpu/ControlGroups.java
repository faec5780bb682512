package dev.troupe.collectives.device.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Memory limits of Linux control groups, versions 1 and 2. What is free in a group is {@code limit
 * - (usage - inactive file cache)}, and the tightest group on the way to the root decides.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">Control Group v2</a>
 */
public final class ControlGroups {
  private static final String V2_PREFIX = "0::";

  private ControlGroups() {}

  /**
   * One group's memory.
   *
   * @param limit bytes its processes may use
   * @param used bytes they use, without file pages that the kernel would give up first
   */
  public record Limit(long limit, long used) {
    /** Bytes left. */
    public long free() {
      return Math.max(0, limit - used);
    }
  }

  /**
   * The process's groups that have a limit, from its own up to the mount point.
   *
   * @param membership {@code /proc/self/cgroup}
   * @param mount {@code /sys/fs/cgroup}
   */
  public static List<Limit> of(Path membership, Path mount) {
    List<Limit> limits = new ArrayList<>();
    for (String line : lines(membership)) {
      List<String> fields = List.of(line.split(":", 3));
      if (fields.size() < 3) {
        continue;
      }
      if (line.startsWith(V2_PREFIX)) {
        upwards(mount, fields.get(2), Version.V2, limits);
      } else if (List.of(fields.get(1).split(",", -1)).contains("memory")) {
        upwards(mount.resolve("memory"), fields.get(2), Version.V1, limits);
      }
    }
    return limits;
  }

  /** Bytes left in the tightest of the process's groups, {@link Long#MAX_VALUE} without limit. */
  static long freeBytes(Path membership, Path mount) {
    return of(membership, mount).stream().mapToLong(Limit::free).min().orElse(Long.MAX_VALUE);
  }

  /** Walks from the process's group up to the mount point. */
  private static void upwards(Path root, String group, Version names, List<Limit> limits) {
    Path base = root.normalize();
    Path at = base.resolve("./" + group).normalize();
    for (; at != null && at.startsWith(base); at = at.getParent()) {
      add(at, names, limits);
    }
  }

  private static void add(Path group, Version names, List<Limit> limits) {
    OptionalLong limit = number(lines(group.resolve(names.limit)), "");
    OptionalLong usage = number(lines(group.resolve(names.usage)), "");
    if (limit.isPresent() && usage.isPresent()) {
      long cache = number(lines(group.resolve("memory.stat")), names.cache + " ").orElse(0);
      limits.add(new Limit(limit.getAsLong(), Math.max(0, usage.getAsLong() - cache)));
    }
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
