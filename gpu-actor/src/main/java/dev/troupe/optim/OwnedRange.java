package dev.troupe.optim;

import dev.troupe.layer.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of one parameter that a data-parallel rank owns.
 *
 * @param parameter whose part
 * @param bucket index of its bucket
 * @param from first owned element of the parameter
 * @param to first element after the part
 * @param inBucket where {@code from} lies in the bucket, in elements
 * @param inState where {@code from} lies in the rank's flat optimizer state, in elements
 */
public record OwnedRange(
    Parameter parameter, int bucket, long from, long to, long inBucket, long inState) {

  /** Number of elements. */
  public long length() {
    return to - from;
  }

  /** All that rank {@code dpIndex} owns, in state order. */
  public static List<OwnedRange> of(FlatParameters flat, int dpIndex) {
    List<OwnedRange> ranges = new ArrayList<>();
    long state = 0;
    for (int b = 0; b < flat.buckets().size(); b++) {
      FlatParameters.Bucket bucket = flat.buckets().get(b);
      long slice = flat.slice(bucket);
      long first = dpIndex * slice;
      for (FlatParameters.Placed placed : bucket.parameters()) {
        long from = Math.max(first, placed.offset());
        long to = Math.min(first + slice, placed.end());
        if (from < to) {
          ranges.add(
              new OwnedRange(
                  placed.parameter(),
                  b,
                  from - placed.offset(),
                  to - placed.offset(),
                  from,
                  state + from - first));
        }
      }
      state += slice;
    }
    return List.copyOf(ranges);
  }
}
