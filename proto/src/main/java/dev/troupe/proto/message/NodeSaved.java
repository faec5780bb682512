package dev.troupe.proto.message;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All ranks of a node are done with their part of a checkpoint.
 *
 * @param fence the mesh's epoch
 * @param step the snapshot's step
 * @param saved ranks whose part is durable
 * @param failed the other ranks, each with the reason
 */
public record NodeSaved(Fence fence, long step, RankSet saved, SortedMap<Integer, String> failed)
    implements NodeReport {
  /** Copies the map and checks the fields. */
  public NodeSaved {
    Checks.notNegative("step", step);
    failed = Collections.unmodifiableSortedMap(new TreeMap<>(failed));
    if (saved.isEmpty() && failed.isEmpty()) {
      throw new IllegalArgumentException("a report of no rank on the checkpoint of step " + step);
    }
  }

  /** The ranks that report. */
  public RankSet ranks() {
    return saved.plus(RankSet.of(failed.keySet()));
  }
}
