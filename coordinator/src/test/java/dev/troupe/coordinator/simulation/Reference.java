package dev.troupe.coordinator.simulation;

import java.util.ArrayList;
import java.util.List;

/** The run as it would have been without a fault: the state after each committed step. */
final class Reference {
  private final int shards;
  private final List<long[][]> states = new ArrayList<>();

  Reference(int tp, int shards) {
    this.shards = shards;
    long[][] first = new long[tp][];
    for (int share = 0; share < tp; share++) {
      first[share] = Model.initial(share);
    }
    states.add(first);
  }

  /** Last step that it has. */
  long step() {
    return states.size() - 1L;
  }

  /** A share after a step. */
  long[] share(long step, int share) {
    return states.get((int) step)[share];
  }

  /** The gradient that the step after the last one must have. */
  long gradient() {
    long hash = parameters(states.getLast());
    return Model.gradient(step() + 1, shards, shard -> hash);
  }

  /** Hash of the parameters that a tensor-parallel group computes with. */
  static long parameters(long[][] shares) {
    long hash = 0;
    for (long[] share : shares) {
      hash = Model.mix(hash, Model.hash(share));
    }
    return hash;
  }

  /** One step more. */
  void advance(boolean update) {
    long gradient = gradient();
    long step = step() + 1;
    long[][] next = states.getLast().clone();
    for (int share = 0; update && share < next.length; share++) {
      next[share] = Model.updated(next[share], 0, step, gradient);
    }
    states.add(next);
  }

  /** Forgets what came after {@code step}. */
  void back(long step) {
    while (step() > step) {
      states.removeLast();
    }
  }
}
