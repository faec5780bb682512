package dev.troupe.coordinator.plan;

import java.util.Set;

/**
 * What a plan is to take into account beside the job.
 *
 * @param nodes number of nodes that somebody asked for; 0: nobody did
 * @param current nodes of the mesh so far, which are kept where there is a choice
 * @param least least data-parallel width
 * @param avoided devices that damaged data, used only where nothing else is left
 */
public record Wish(int nodes, Set<String> current, int least, Set<Place> avoided) {
  /** Copies the sets. */
  public Wish {
    current = Set.copyOf(current);
    avoided = Set.copyOf(avoided);
  }

  /** Nothing to take into account. */
  public static Wish none() {
    return new Wish(0, Set.of(), 1, Set.of());
  }
}
