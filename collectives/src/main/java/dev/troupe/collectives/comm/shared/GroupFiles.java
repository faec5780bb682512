package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.collectives.mesh.Site;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where the boards of a group are.
 *
 * @param epoch mesh epoch
 * @param group the group
 * @param folders the folder of each rank's process, in rank order
 */
record GroupFiles(long epoch, ProcessGroup group, List<Path> folders) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,63}");

  /** Checks that the group may name a file. */
  GroupFiles {
    folders = List.copyOf(folders);
    if (!NAME.matcher(group.name()).matches()) {
      throw new IllegalArgumentException("the name of a group cannot name a file: " + group);
    }
  }

  /**
   * The files of a group all of whose ranks are on one host.
   *
   * @throws IllegalArgumentException when one is elsewhere
   */
  static GroupFiles of(
      Path root, String host, Placement placement, long epoch, ProcessGroup group) {
    List<Path> folders = new ArrayList<>();
    for (int rank : group.ranks()) {
      Site site = placement.site(rank);
      if (!site.host().equals(host)) {
        throw new IllegalArgumentException(
            "rank %d of group %s is on host %s, which does not share the memory of host %s"
                .formatted(rank, group.name(), site.host(), host));
      }
      folders.add(root.resolve(site.process()));
    }
    return new GroupFiles(epoch, group, folders);
  }

  /** The folder of a rank's process. */
  Path folder(int rank) {
    return folders.get(rank);
  }

  /** The board of a rank. */
  Path board(int rank) {
    return folder(rank).resolve("e%d-%s-r%d".formatted(epoch, group.name(), rank));
  }
}
