package dev.troupe.coordinator.simulation;

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
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes one report of a node out of those of its ranks, as {@code NodeReports} does. */
final class AgentReports {
  private record Key(Class<?> kind, long step) {}

  private final Fence fence;
  private final int ranks;
  private final Map<Key, SortedMap<Integer, RankReport>> gathered = new LinkedHashMap<>();

  AgentReports(Fence fence, int ranks) {
    this.fence = fence;
    this.ranks = ranks;
  }

  @Nullable NodeReport add(RankReport report) {
    return switch (report) {
      case RankReady ready -> {
        SortedMap<Integer, RankReport> all = all(ready, 0);
        yield all == null
            ? null
            : new NodeReady(
                fence, all.values().stream().map(one -> ((RankReady) one).state()).toList());
      }
      case RankPrepared prepared -> {
        SortedMap<Integer, RankReport> all = all(prepared, prepared.step());
        yield all == null ? null : prepared(prepared.step(), all);
      }
      case RankValidated validated -> {
        SortedMap<Integer, RankReport> all = all(validated, validated.step());
        yield all == null ? null : validated(validated.step(), all);
      }
      case RankSampled sampled -> {
        SortedMap<Integer, RankReport> all = all(sampled, sampled.step());
        yield all == null ? null : sampled(sampled.step(), all);
      }
      case RankSaved saved -> {
        SortedMap<Integer, RankReport> all = all(saved, saved.step());
        yield all == null ? null : saved(saved.step(), all);
      }
      case RankStopped stopped -> new NodeStopped(fence, RankSet.of(stopped.rank()));
      case RankRetired retired -> null;
      case RankFailed failed -> failed;
    };
  }

  private @Nullable SortedMap<Integer, RankReport> all(RankReport report, long step) {
    Key key = new Key(report.getClass(), step);
    SortedMap<Integer, RankReport> some = gathered.computeIfAbsent(key, k -> new TreeMap<>());
    some.putIfAbsent(report.rank(), report);
    return some.size() == ranks ? gathered.remove(key) : null;
  }

  private NodePrepared prepared(long step, SortedMap<Integer, RankReport> all) {
    TreeMap<Integer, StepResult> results = new TreeMap<>();
    RankSet suspects = RankSet.none();
    List<RankTime> busy = new ArrayList<>();
    for (RankReport one : all.values()) {
      RankPrepared prepared = (RankPrepared) one;
      results.put(prepared.rank(), prepared.result());
      suspects = suspects.plus(prepared.suspects());
      busy.add(new RankTime(prepared.rank(), prepared.busySeconds()));
    }
    return new NodePrepared(fence, step, votes(results), suspects, busy);
  }

  private NodeValidated validated(long step, SortedMap<Integer, RankReport> all) {
    TreeMap<Integer, ValidationResult> losses = new TreeMap<>();
    all.forEach((rank, one) -> losses.put(rank, ((RankValidated) one).result()));
    return new NodeValidated(fence, step, votes(losses));
  }

  private NodeSampled sampled(long step, SortedMap<Integer, RankReport> all) {
    TreeMap<Integer, String> texts = new TreeMap<>();
    all.values().forEach(one -> texts.putAll(((RankSampled) one).texts()));
    return new NodeSampled(fence, step, RankSet.of(all.keySet()), texts);
  }

  private NodeSaved saved(long step, SortedMap<Integer, RankReport> all) {
    TreeMap<Integer, String> failed = new TreeMap<>();
    for (RankReport one : all.values()) {
      String error = ((RankSaved) one).error();
      if (error != null) {
        failed.put(one.rank(), error);
      }
    }
    RankSet ranksOf = RankSet.of(all.keySet());
    return new NodeSaved(fence, step, ranksOf.minus(RankSet.of(failed.keySet())), failed);
  }

  private static <T> List<Vote<T>> votes(SortedMap<Integer, T> values) {
    Map<T, List<Integer>> ranks = new LinkedHashMap<>();
    values.forEach((rank, value) -> ranks.computeIfAbsent(value, v -> new ArrayList<>()).add(rank));
    return ranks.entrySet().stream()
        .map(vote -> new Vote<>(vote.getKey(), RankSet.of(vote.getValue())))
        .toList();
  }
}
