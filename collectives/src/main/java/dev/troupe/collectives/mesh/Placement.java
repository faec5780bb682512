package dev.troupe.collectives.mesh;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which process holds which rank of a mesh epoch; the same on every rank.
 *
 * @param token random text of the epoch, which peers show each other when they connect
 * @param sites the processes
 */
public record Placement(String token, List<Site> sites) {

  /** Copies the list and checks that no rank is held twice. */
  public Placement {
    sites = List.copyOf(sites);
    Map<Integer, Site> holders = new HashMap<>();
    for (Site site : sites) {
      for (int rank : site.ranks()) {
        Site other = holders.put(rank, site);
        if (other != null) {
          throw new IllegalArgumentException(
              "rank %d is held by %s and by %s".formatted(rank, other.process(), site.process()));
        }
      }
    }
  }

  /** Every rank of the mesh in one process. */
  public static Placement ofOneProcess(DeviceMesh mesh) {
    return new Placement("", List.of(new Site("local", "local", "", mesh.world().ranks())));
  }

  /** The process that holds {@code rank}. */
  public Site site(int rank) {
    for (Site site : sites) {
      if (site.ranks().contains(rank)) {
        return site;
      }
    }
    throw new IllegalArgumentException("no process holds rank " + rank);
  }
}
