package dev.troupe.coordinator.simulation;

import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.MeshJob;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a trainer has in memory and how a step changes it: the owned slice, the copies of its wards'
 * slices, the gathered parameters, and the gradient that is prepared.
 */
final class ModelRank {
  /** What a rank tells the others when a step's gradient is computed. */
  record Work(boolean finite, long parameters, long[] gathered, Map<Integer, long[]> copies) {}

  /** What a step's collectives came to. */
  record Pending(long step, long gradient, boolean finite, boolean suspect) {}

  final int share;
  final int index;
  final int tp;
  final int dp;
  private final List<Integer> wards;
  private final long epoch;
  private long step;
  private long[] own = new long[0];
  private final SortedMap<Integer, long[]> copies = new TreeMap<>();
  private long[] parameters = new long[0];
  private boolean loaded;
  private @Nullable Pending pending;

  ModelRank(long epoch, MeshJob job, int rank, boolean copies) {
    this.epoch = epoch;
    this.tp = job.tp();
    this.dp = job.dp();
    this.share = rank % tp;
    this.index = rank / tp;
    this.wards = Buddies.of(job, copies).wards(rank);
  }

  /** Takes a whole share of the state of {@code atStep}. */
  void load(long atStep, long[] cells) {
    loaded = true;
    step = atStep;
    parameters = cells.clone();
    own = Model.slice(cells, index, dp);
    wards.forEach(ward -> copies.put(ward, Model.slice(cells, ward, dp)));
  }

  long step() {
    return step;
  }

  /** Whether all it has is what it should be. */
  boolean matches(Reference reference) {
    long[] right = reference.share(step, share);
    return Arrays.equals(parameters, right)
        && Arrays.equals(own, Model.slice(right, index, dp))
        && wards.stream()
            .allMatch(ward -> Arrays.equals(copies.get(ward), Model.slice(right, ward, dp)));
  }

  long[] own() {
    return own;
  }

  @Nullable Pending pending() {
    return pending;
  }

  /** What it computes with; {@code damaged}: as it will be after {@link #damage}. */
  Work work(boolean finite, boolean damaged) {
    long[] cells = parameters.clone();
    if (damaged) {
      cells[Model.first(index, dp)] ^= 1;
    }
    Map<Integer, long[]> said = new HashMap<>(copies);
    said.replaceAll((ward, copy) -> copy.clone());
    return new Work(finite, Model.hash(cells), cells, said);
  }

  void prepared(Pending found) {
    pending = found;
  }

  /** Applies the prepared step to the owned slice and to the copies; others take no part. */
  void apply(boolean update) {
    Pending found = pending;
    if (found == null || found.step() != step + 1) {
      throw new AssertionError("rank applies " + found + " at step " + step);
    }
    if (update) {
      own = Model.updated(own, Model.first(index, dp), found.step(), found.gradient());
      copies.replaceAll(
          (ward, copy) ->
              Model.updated(copy, Model.first(ward, dp), found.step(), found.gradient()));
    }
    step = found.step();
    pending = null;
  }

  void gathered(long[] cells) {
    parameters = cells;
  }

  /** Flips a bit of the owned slice, and so of the parameters that come of it. */
  void damage() {
    if (own.length > 0) {
      own[0] ^= 1;
      parameters[Model.first(index, dp)] ^= 1;
    }
  }

  /** Puts what there is of the state of step {@code committed} into the vault. */
  void keep(long committed, boolean applyPrepared, Vault vault, String process) {
    vault.retainOnly(committed);
    Pending found = pending;
    if (found != null && found.suspect()) {
      return; // it knows itself that its memory is damaged
    }
    if (applyPrepared && found != null && found.step() == committed && step == committed - 1) {
      apply(found.finite());
    }
    if (loaded && step == committed) {
      keepAs(step, vault, process);
    }
  }

  /** Forgets that it found itself damaged. */
  void trust() {
    Pending found = pending;
    if (found != null) {
      pending = new Pending(found.step(), found.gradient(), found.finite(), false);
    }
  }

  /** Puts what there is into the vault, as if it were of step {@code claimed}. */
  void keepAs(long claimed, Vault vault, String process) {
    if (loaded) {
      vault.put(holding(claimed, index, process, own), own);
      copies.forEach((ward, copy) -> vault.put(holding(claimed, ward, process, copy), copy));
    }
  }

  private Holding holding(long atStep, int dpIndex, String process, long[] cells) {
    return new Holding(epoch, atStep, dp, dpIndex, share, process, Model.hash(cells));
  }
}
