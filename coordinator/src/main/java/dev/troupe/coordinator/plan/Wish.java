package dev.troupe.coordinator.plan;

import java.util.Set;

/**
 * What a plan is to take into account beside the job.
 *
 * @param nodes number of nodes that somebody asked for; 0: nobody did
 * @param current nodes of the mesh so far, which are kept where there is a choice
 * @param least least data-parallel width
 * @param avoided devices that damaged data, used only where nothing else is left
 * @param kept devices whose processes have a part of the state in memory: used before others
 */
public record Wish(int nodes, Set<String> current, int least, Set<Place> avoided, Set<Place> kept) {
  /** Copies the sets. */
  public Wish {
    current = Set.copyOf(current);
    avoided = Set.copyOf(avoided);
    kept = Set.copyOf(kept);
  }

  /** A wish of a run that has no state in memory yet. */
  public Wish(int nodes, Set<String> current, int least, Set<Place> avoided) {
    this(nodes, current, least, avoided, Set.of());
  }

  /** Nothing to take into account. */
  public static Wish none() {
    return new Wish(0, Set.of(), 1, Set.of());
  }
}
