package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.simulation.ModelRank.Work;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.StepResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What the collectives of a step come to; the same on every rank.
 *
 * @param gradient the reduced gradient
 * @param finite whether all ranks' parts were finite
 * @param suspects ranks whose state differs from that of their replicas
 */
record StepOutcome(long gradient, boolean finite, RankSet suspects) {

  static StepOutcome of(long step, MeshJob job, SortedMap<Integer, Object> words, int shards) {
    List<Work> works = words.values().stream().map(Work.class::cast).toList();
    long[] groups = new long[job.dp()];
    for (int rank = 0; rank < works.size(); rank++) {
      int index = rank / job.tp();
      groups[index] = Model.mix(groups[index], works.get(rank).parameters());
    }
    return new StepOutcome(
        Model.gradient(step, shards, shard -> groups[shard % groups.length]),
        works.stream().allMatch(Work::finite),
        suspects(job, works));
  }

  /** Of all that say something on a slice, those that the most do not agree with. */
  private static RankSet suspects(MeshJob job, List<Work> works) {
    RankSet suspects = RankSet.none();
    for (int slice = 0; slice < job.dp() * job.tp(); slice++) {
      int share = slice % job.tp();
      int index = slice / job.tp();
      int first = Model.first(index, job.dp());
      int end = Model.first(index + 1, job.dp());
      Map<Long, List<Integer>> said = new HashMap<>();
      for (int rank = share; rank < works.size(); rank += job.tp()) {
        Work work = works.get(rank);
        say(said, rank, Arrays.copyOfRange(work.gathered(), first, end));
        if (work.copies().get(index) instanceof long[] copy) {
          say(said, rank, copy);
        }
      }
      suspects = suspects.plus(minority(said));
    }
    return suspects;
  }

  private static void say(Map<Long, List<Integer>> said, int rank, long[] cells) {
    said.computeIfAbsent(Model.hash(cells), key -> new ArrayList<>()).add(rank);
  }

  /** Where no value has more voices than the others, nobody can be trusted. */
  private static RankSet minority(Map<Long, List<Integer>> said) {
    if (said.size() == 1) {
      return RankSet.none();
    }
    int most = said.values().stream().mapToInt(List::size).max().orElseThrow();
    boolean clear = said.values().stream().filter(ranks -> ranks.size() == most).count() == 1;
    RankSet suspects = RankSet.none();
    for (List<Integer> ranks : said.values()) {
      if (!clear || ranks.size() < most) {
        suspects = suspects.plus(RankSet.of(ranks));
      }
    }
    return suspects;
  }

  StepResult result(long step) {
    double loss = finite ? Model.loss(gradient) : Double.NaN;
    return new StepResult(loss, finite ? 1 : Double.NaN, 1e-3 / step, 64);
  }
}
