package dev.troupe.proto.message;

import java.util.Comparator;

/**
 * Names one mesh: a coordinator's term and a mesh epoch. Both only grow, so an older fence marks a
 * message that came too late.
 *
 * @param term counts coordinators; a successor's term is greater
 * @param epoch counts meshes, over all terms; also the communicators' epoch
 */
public record Fence(long term, long epoch) implements Comparable<Fence> {
  private static final Comparator<Fence> ORDER =
      Comparator.comparingLong(Fence::term).thenComparingLong(Fence::epoch);

  /** Checks that neither is negative. */
  public Fence {
    Checks.notNegative("term", term);
    Checks.notNegative("epoch", epoch);
  }

  /** The fence of the mesh after this one. */
  public Fence next() {
    return new Fence(term, epoch + 1);
  }

  @Override
  public int compareTo(Fence other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return "epoch " + epoch + " of term " + term;
  }
}
