package dev.troupe.deploy.chaos.engine;

import dev.troupe.deploy.chaos.plan.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A fault that was injected and is not over. Used by one thread at a time. */
final class OpenFault {
  final long id;
  final Action action;
  final Hit hit;
  final Expectation expected;
  final Instant at;

  /** Epoch of the mesh that it struck. */
  final long epoch;

  /** The last commit before it. */
  final Instant lastCommit;

  @Nullable Instant detected;
  long recomputed;
  long lost;

  OpenFault(
      long id,
      Action action,
      Hit hit,
      Expectation expected,
      Instant at,
      long epoch,
      Instant lastCommit) {
    this.id = id;
    this.action = action;
    this.hit = hit;
    this.expected = expected;
    this.at = at;
    this.epoch = epoch;
    this.lastCommit = lastCommit;
  }

  /** Whether a sign that was noticed is of this fault. */
  boolean shows(Sign sign) {
    if (detected != null || !expected.signs().contains(sign.kind())) {
      return false;
    }
    return switch (sign.kind()) {
      case NODE_LOST -> sign.node().equals(hit.node());
      case RANK_FAILED, DAMAGED, STRAGGLER -> intersect(sign.ranks(), hit.ranks());
      case REGROUP -> expected.regroup();
      case NOT_FINITE, SAVE_FAILED, TAKEN_OVER -> true;
    };
  }

  private static boolean intersect(Set<Integer> a, Set<Integer> b) {
    return a.stream().anyMatch(b::contains);
  }

  /** Whether a step that is committed now, by a mesh of this epoch, shows that it is over. */
  boolean overAtCommit(long meshEpoch, Instant now) {
    if (expected.regroup()) {
      return meshEpoch > epoch;
    }
    if (expected.noticed()) {
      return detected != null;
    }
    return now.isAfter(at.plus(Duration.ofMillis(Math.round(action.amount() * 1e3))));
  }

  /** Whether another fault has wiped it out: what it damaged went with the mesh. */
  boolean masked(long meshEpoch) {
    boolean inTrainer =
        switch (action.kind()) {
          case NAN, BITFLIP, SLOW -> true;
          case KILL9, SIGSTOP, CORRUPT, ENOSPC, CRASH, CUT, KILL_COORDINATOR -> false;
        };
    return inTrainer && detected == null && meshEpoch > epoch;
  }
}
