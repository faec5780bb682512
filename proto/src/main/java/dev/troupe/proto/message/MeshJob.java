package dev.troupe.proto.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a mesh is to train, and where; the same for all of its ranks.
 *
 * @param jobText the resolved job, as HOCON
 * @param tp tensor-parallel width
 * @param dp data-parallel width
 * @param resumeFrom published checkpoint to start from; null: initial weights
 * @param resumeStep committed steps that the starting state has
 * @param token random text that ranks show each other when they connect
 * @param sites the processes that hold the ranks
 * @param held where the state of {@code resumeStep} is in memory, complete, in processes of this
 *     mesh; empty: it is in {@code resumeFrom}
 */
public record MeshJob(
    String jobText,
    int tp,
    int dp,
    @Nullable String resumeFrom,
    long resumeStep,
    String token,
    List<RankSite> sites,
    List<Holding> held) {
  /** Copies the list and checks the fields. */
  public MeshJob {
    Checks.positive("tp", tp);
    Checks.positive("dp", dp);
    Checks.notNegative("resume step", resumeStep);
    if (resumeFrom != null) {
      Checks.absolutePath("resumeFrom", resumeFrom);
    }
    sites = List.copyOf(sites);
    held = List.copyOf(held);
    int placed = sites.stream().mapToInt(site -> site.ranks().size()).sum();
    RankSet all = RankSet.none();
    for (RankSite site : sites) {
      all = all.plus(site.ranks());
    }
    if (placed != tp * dp || !all.equals(RankSet.below(tp * dp))) {
      throw new IllegalArgumentException(
          "sites must hold each of " + tp * dp + " ranks once, not " + all);
    }
  }

  /** A mesh in one process. */
  public MeshJob(String jobText, int tp, int dp, @Nullable String resumeFrom, long resumeStep) {
    this(
        jobText,
        tp,
        dp,
        resumeFrom,
        resumeStep,
        "",
        List.of(new RankSite("local", "local", "local", "", RankSet.below(tp * dp))),
        List.of());
  }

  /** Number of ranks. */
  public int worldSize() {
    return tp * dp;
  }

  /** Ranks on the machine that holds {@code rank}: they share its cores. */
  public int ranksOnHostOf(int rank) {
    RankSite own =
        sites.stream().filter(site -> site.ranks().contains(rank)).findFirst().orElseThrow();
    return sites.stream()
        .filter(site -> site.host().equals(own.host()))
        .mapToInt(site -> site.ranks().size())
        .sum();
  }
}
