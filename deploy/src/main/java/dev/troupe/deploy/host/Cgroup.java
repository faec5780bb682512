package dev.troupe.deploy.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A Linux control group that limits memory.
 *
 * @param limit bytes its processes may use
 * @param used bytes they use, without file pages that the kernel would give up first
 */
record Cgroup(long limit, long used) {

  /** The groups of this process that have a limit, versions 1 and 2, outermost first. */
  static List<Cgroup> of(Path root) {
    List<Cgroup> groups = new ArrayList<>();
    for (String line : HostMemory.lines(root.resolve("proc/self/cgroup"))) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && parts[0].equals("0")) {
        Path mount = root.resolve("sys/fs/cgroup");
        upwards(mount, parts[2], "memory.max", "memory.current", "inactive_file ", groups);
      } else if (parts.length == 3 && parts[1].equals("memory")) {
        Path mount = root.resolve("sys/fs/cgroup/memory");
        upwards(
            mount,
            parts[2],
            "memory.limit_in_bytes",
            "memory.usage_in_bytes",
            "total_inactive_file ",
            groups);
      }
    }
    return groups;
  }

  /** In a container, the group's path is the host's: then only the mount itself is there. */
  private static void upwards(
      Path mount, String path, String limit, String usage, String cache, List<Cgroup> groups) {
    Path folder = mount;
    add(folder, limit, usage, cache, groups);
    for (Path name : Path.of(path)) {
      folder = folder.resolve(name).normalize();
      if (folder.startsWith(mount) && !folder.equals(mount)) {
        add(folder, limit, usage, cache, groups);
      }
    }
  }

  private static void add(
      Path folder, String limit, String usage, String cache, List<Cgroup> groups) {
    OptionalLong limited = number(folder.resolve(limit));
    OptionalLong used = number(folder.resolve(usage));
    if (limited.isPresent() && used.isPresent()) {
      long cached =
          HostMemory.lines(folder.resolve("memory.stat")).stream()
              .filter(line -> line.startsWith(cache))
              .mapToLong(line -> Long.parseLong(line.substring(cache.length()).strip()))
              .findFirst()
              .orElse(0);
      groups.add(new Cgroup(limited.getAsLong(), Math.max(0, used.getAsLong() - cached)));
    }
  }

  /** The number in a file; absent for {@code max} and for a missing file. */
  private static OptionalLong number(Path file) {
    return HostMemory.lines(file).stream()
        .map(String::strip)
        .filter(line -> line.matches("\\d{1,18}"))
        .mapToLong(Long::parseLong)
        .findFirst();
  }
}
