package dev.troupe.coordinator.state;

import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The ranks that are ready; immutable. A rank's first word counts.
 *
 * @param ranks which they are
 * @param states what they hold, in the order in which they came
 */
public record ReadyRanks(RankSet ranks, List<RankState> states) {
  /** Copies the list. */
  public ReadyRanks {
    states = List.copyOf(states);
  }

  static ReadyRanks none() {
    return new ReadyRanks(RankSet.none(), List.of());
  }

  ReadyRanks plus(List<RankState> more) {
    List<RankState> fresh = more.stream().filter(state -> !ranks.contains(state.rank())).toList();
    List<RankState> all = new ArrayList<>(states.size() + fresh.size());
    all.addAll(states);
    all.addAll(fresh);
    return new ReadyRanks(
        ranks.plus(RankSet.of(fresh.stream().map(RankState::rank).toList())), all);
  }

  /** Bytes that each rank has allocated, by rank. */
  List<Long> memoryBytes() {
    return states.stream()
        .sorted(Comparator.comparingInt(RankState::rank))
        .map(RankState::memoryBytes)
        .toList();
  }
}
