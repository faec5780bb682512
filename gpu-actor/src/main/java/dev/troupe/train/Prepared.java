package dev.troupe.train;

import java.util.List;

/**
 * What {@link Trainer#prepare} found; but for suspects and time the same on every rank of the mesh.
 *
 * @param step the step, from 1
 * @param loss mean cross-entropy in nats over the target tokens of the global batch
 * @param gradNorm global gradient norm before clipping
 * @param lr learning rate that commit will use
 * @param tokens target tokens of the global batch
 * @param suspects ranks whose state differs from that of their replicas; the same within a
 *     data-parallel group
 * @param busySeconds wall-clock seconds of this rank's own work, outside collectives
 * @param sourceLosses the mean over the tokens of each source of a blend, in its order; NaN where
 *     the step has none of them; empty without a blend
 */
public record Prepared(
    long step,
    double loss,
    double gradNorm,
    double lr,
    long tokens,
    List<Integer> suspects,
    double busySeconds,
    List<Double> sourceLosses) {
  /** Copies the lists. */
  public Prepared {
    suspects = List.copyOf(suspects);
    sourceLosses = List.copyOf(sourceLosses);
  }

  /** A step without a blend. */
  public Prepared(
      long step,
      double loss,
      double gradNorm,
      double lr,
      long tokens,
      List<Integer> suspects,
      double busySeconds) {
    this(step, loss, gradNorm, lr, tokens, suspects, busySeconds, List.of());
  }

  /** Whether the step may be committed. */
  public boolean finite() {
    return Double.isFinite(loss) && Double.isFinite(gradNorm);
  }
}
