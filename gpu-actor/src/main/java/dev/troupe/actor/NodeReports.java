package dev.troupe.actor;

import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.NodeReady;
import dev.troupe.proto.message.NodeReport;
import dev.troupe.proto.message.NodeSampled;
import dev.troupe.proto.message.NodeSaved;
import dev.troupe.proto.message.NodeStopped;
import dev.troupe.proto.message.NodeValidated;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankPrepared;
import dev.troupe.proto.message.RankReady;
import dev.troupe.proto.message.RankReport;
import dev.troupe.proto.message.RankRetired;
import dev.troupe.proto.message.RankSampled;
import dev.troupe.proto.message.RankSaved;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankState;
import dev.troupe.proto.message.RankStopped;
import dev.troupe.proto.message.RankTime;
import dev.troupe.proto.message.RankValidated;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.ValidationResult;
import dev.troupe.proto.message.Vote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes one report of a node out of those of its ranks, so that the coordinator hears from nodes
 * and not from ranks. Failures and ends pass at once. Used by one actor.
 */
final class NodeReports {
  private final Fence fence;
  private final Gather<RankState> ready;
  private final Gather<RankPrepared> prepared;
  private final Gather<ValidationResult> validated;
  private final Gather<SortedMap<Integer, String>> sampled;
  private final Gather<Optional<String>> saved;

  NodeReports(Fence fence, int ranks) {
    this.fence = fence;
    this.ready = new Gather<>(ranks);
    this.prepared = new Gather<>(ranks);
    this.validated = new Gather<>(ranks);
    this.sampled = new Gather<>(ranks);
    this.saved = new Gather<>(ranks);
  }

  /** Takes a rank's report; returns the node's if this was the last one missing, else null. */
  @Nullable NodeReport add(RankReport report) {
    int rank = report.rank();
    return switch (report) {
      case RankReady(Fence f, RankState state) ->
          ready.completes(0, rank, state)
              ? new NodeReady(fence, List.copyOf(ready.values().values()))
              : null;
      case RankPrepared one ->
          prepared.completes(one.step(), rank, one) ? prepared(one.step()) : null;
      case RankValidated(Fence f, int r, long step, ValidationResult result) ->
          validated.completes(step, rank, result)
              ? new NodeValidated(fence, step, votes(validated.values()))
              : null;
      case RankSampled one ->
          sampled.completes(one.step(), rank, one.texts()) ? sampled(one.step()) : null;
      case RankSaved one ->
          saved.completes(one.step(), rank, Optional.ofNullable(one.error()))
              ? saved(one.step())
              : null;
      case RankStopped one ->
          new NodeStopped(fence, RankSet.of(rank)); // so that a rank that hangs can be named
      case RankRetired retired -> null; // gathered by the agent, over meshes
      case RankFailed failed -> failed;
    };
  }

  private NodePrepared prepared(long step) {
    SortedMap<Integer, RankPrepared> all = prepared.values();
    TreeMap<Integer, StepResult> results = new TreeMap<>();
    RankSet suspects = RankSet.none();
    List<RankTime> busy = new ArrayList<>(all.size());
    for (RankPrepared one : all.values()) {
      results.put(one.rank(), one.result());
      suspects = suspects.plus(one.suspects());
      busy.add(new RankTime(one.rank(), one.busySeconds()));
    }
    return new NodePrepared(fence, step, votes(results), suspects, busy);
  }

  private static <T> List<Vote<T>> votes(SortedMap<Integer, T> values) {
    Map<T, List<Integer>> ranks = new LinkedHashMap<>();
    values.forEach((rank, value) -> ranks.computeIfAbsent(value, v -> new ArrayList<>()).add(rank));
    return ranks.entrySet().stream()
        .map(vote -> new Vote<>(vote.getKey(), RankSet.of(vote.getValue())))
        .toList();
  }

  private NodeSampled sampled(long step) {
    TreeMap<Integer, String> texts = new TreeMap<>();
    sampled.values().values().forEach(texts::putAll);
    return new NodeSampled(fence, step, RankSet.of(sampled.values().keySet()), texts);
  }

  private NodeSaved saved(long step) {
    TreeMap<Integer, String> failed = new TreeMap<>();
    saved.values().forEach((rank, error) -> error.ifPresent(why -> failed.put(rank, why)));
    RankSet all = RankSet.of(saved.values().keySet());
    return new NodeSaved(fence, step, all.minus(RankSet.of(failed.keySet())), failed);
  }
}
