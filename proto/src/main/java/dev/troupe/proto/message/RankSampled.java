package dev.troupe.proto.message;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A rank has taken its part in the texts after a committed step.
 *
 * @param fence the mesh's epoch
 * @param rank the rank
 * @param step the committed step
 * @param texts what it answers for, by the place of the prompt; empty where others do
 */
public record RankSampled(Fence fence, int rank, long step, SortedMap<Integer, String> texts)
    implements RankReport {
  /** Copies the map and checks the fields. */
  public RankSampled {
    Checks.notNegative("rank", rank);
    Checks.positive("step", step);
    texts = Collections.unmodifiableSortedMap(new TreeMap<>(texts));
  }
}
