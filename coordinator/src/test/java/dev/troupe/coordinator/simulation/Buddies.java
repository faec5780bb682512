package dev.troupe.coordinator.simulation;

import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.RankSite;
import java.util.ArrayList;
import java.util.List;

/**
 * Who keeps a copy of whose state: the buddy of data-parallel index i is i + shift, on another node
 * where a shift can have it so for all, else for as many as can be; never in the same process.
 */
record Buddies(int tp, int dp, int shift, List<RankSite> homes) {

  static Buddies of(MeshJob job, boolean copies) {
    List<RankSite> homes = new ArrayList<>();
    for (int rank = 0; rank < job.worldSize(); rank++) {
      int wanted = rank;
      homes.add(
          job.sites().stream()
              .filter(site -> site.ranks().contains(wanted))
              .findFirst()
              .orElseThrow());
    }
    int best = 0;
    int most = 0;
    for (int shift = 1; copies && shift < job.dp(); shift++) {
      int score = score(homes, job.tp(), job.dp(), shift);
      if (score > most) {
        most = score;
        best = shift;
      }
    }
    return new Buddies(job.tp(), job.dp(), best, homes);
  }

  private static int score(List<RankSite> homes, int tp, int dp, int shift) {
    int score = 0;
    for (int index = 0; index < dp; index++) {
      RankSite owner = homes.get(index * tp);
      RankSite buddy = homes.get((index + shift) % dp * tp);
      if (!owner.node().equals(buddy.node())) {
        score += 1_000;
      } else if (!owner.process().equals(buddy.process())) {
        score++;
      }
    }
    return score;
  }

  /** Whose copy {@code rank} keeps, as a data-parallel index; -1: nobody's. */
  int ward(int rank) {
    int ward = Math.floorMod(rank / tp - shift, dp);
    boolean apart =
        shift > 0
            && !homes.get(rank).process().equals(homes.get(ward * tp + rank % tp).process());
    return apart ? ward : -1;
  }

  /** Whether every rank's copy is on another node. */
  boolean acrossNodes() {
    return shift > 0 && score(homes, tp, dp, shift) == 1_000 * dp;
  }
}
