package dev.troupe.coordinator.simulation;

import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.RankSite;
import java.util.List;

/**
 * Who keeps a copy of whose state, as {@code BuddyShift} has it: the buddy of data-parallel index i
 * is i + shift, by the shift with which most have theirs on another node, then in another process.
 *
 * @param shift 0: there are no copies
 * @param homes where ranks are, by rank
 */
record Buddies(int tp, int dp, int shift, List<RankSite> homes) {

  static Buddies of(MeshJob job, boolean copies) {
    RankSite[] homes = new RankSite[job.worldSize()];
    for (RankSite site : job.sites()) {
      site.ranks().list().forEach(rank -> homes[rank] = site);
    }
    Buddies none = new Buddies(job.tp(), job.dp(), 0, List.of(homes));
    if (!copies || job.sites().size() == 1) {
      return none;
    }
    Buddies best = none;
    for (int shift = 1; shift < job.dp(); shift++) {
      Buddies next = new Buddies(job.tp(), job.dp(), shift, none.homes());
      if (best.shift() == 0 || next.score() > best.score()) {
        best = next;
      }
    }
    return best;
  }

  private int score() {
    int score = 0;
    for (int index = 0; index < dp; index++) {
      RankSite owner = homes.get(index * tp);
      RankSite buddy = homes.get((index + shift) % dp * tp);
      if (!owner.node().equals(buddy.node())) {
        score += dp + 1;
      } else if (!owner.process().equals(buddy.process())) {
        score++;
      }
    }
    return score;
  }

  /** Whose copy {@code rank} keeps, as a data-parallel index; -1: nobody's. */
  int ward(int rank) {
    return shift == 0 ? -1 : Math.floorMod(rank / tp - shift, dp);
  }

  /** Whether every rank's copy is on another node. */
  boolean acrossNodes() {
    return shift > 0 && score() == (dp + 1) * dp;
  }
}
