package dev.troupe.train;

/**
 * What {@link Trainer#prepare} found; the same on every rank of the mesh.
 *
 * @param step the step, from 1
 * @param loss mean cross-entropy in nats over the target tokens of the global batch
 * @param gradNorm global gradient norm before clipping
 * @param lr learning rate that commit will use
 * @param tokens target tokens of the global batch
 */
public record Prepared(long step, double loss, double gradNorm, double lr, long tokens) {
  /** Whether the step may be committed. */
  public boolean finite() {
    return Double.isFinite(loss) && Double.isFinite(gradNorm);
  }
}
