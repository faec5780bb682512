package dev.troupe.deploy.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * All faults of a kind.
 *
 * @param kind the kind
 * @param faults how many were injected
 * @param due how many of them had to be noticed
 * @param missed how many of those were not
 * @param noticed seconds until they were noticed
 * @param recovered seconds from commit to commit
 * @param recomputed steps computed again
 * @param lost committed steps that were lost
 * @param falseEvictions how many were taken for a loss that they were not
 * @param overlapping how many struck while another one was under way
 * @param masked how many another fault wiped out
 * @param refused how many were not done
 */
record KindRow(
    String kind,
    int faults,
    int due,
    int missed,
    Percentiles noticed,
    Percentiles recovered,
    long recomputed,
    long lost,
    int falseEvictions,
    int overlapping,
    int masked,
    int refused) {

  /** A row a kind, by name. */
  static List<KindRow> of(List<FaultStory> faults) {
    Map<String, List<FaultStory>> kinds = new TreeMap<>();
    faults.forEach(
        fault -> kinds.computeIfAbsent(fault.kind(), kind -> new ArrayList<>()).add(fault));
    return kinds.entrySet().stream().map(each -> of(each.getKey(), each.getValue())).toList();
  }

  private static KindRow of(String kind, List<FaultStory> all) {
    int refused = count(all, fault -> fault.end() == FaultStory.End.REFUSED);
    List<FaultStory> done =
        all.stream().filter(fault -> fault.end() != FaultStory.End.REFUSED).toList();
    return new KindRow(
        kind,
        done.size(),
        count(done, FaultStory::due),
        count(done, FaultStory::missed),
        Percentiles.of(done.stream().flatMap(fault -> fault.noticed().stream().boxed()).toList()),
        Percentiles.of(done.stream().flatMap(fault -> fault.recovered().stream().boxed()).toList()),
        done.stream().mapToLong(FaultStory::recomputed).sum(),
        done.stream().mapToLong(FaultStory::lost).sum(),
        count(done, FaultStory::falseEviction),
        count(done, FaultStory::overlapping),
        count(done, fault -> fault.end() == FaultStory.End.MASKED),
        refused);
  }

  private static int count(List<FaultStory> faults, Predicate<FaultStory> which) {
    return (int) faults.stream().filter(which).count();
  }
}
