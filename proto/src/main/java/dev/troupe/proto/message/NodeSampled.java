package dev.troupe.proto.message;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All ranks of a node have taken their part in the texts after a committed step.
 *
 * @param fence the mesh's epoch
 * @param step the committed step
 * @param ranks the ranks
 * @param texts what they answer for, by the place of the prompt; may be empty
 */
public record NodeSampled(Fence fence, long step, RankSet ranks, SortedMap<Integer, String> texts)
    implements NodeReport {
  /** Copies the map and checks the fields. */
  public NodeSampled {
    Checks.positive("step", step);
    if (ranks.isEmpty()) {
      throw new IllegalArgumentException("a report of no rank on the texts of step " + step);
    }
    texts = Collections.unmodifiableSortedMap(new TreeMap<>(texts));
  }
}
