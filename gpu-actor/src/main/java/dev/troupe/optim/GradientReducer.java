package dev.troupe.optim;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sums main gradients over the data-parallel ranks; each rank ends with the sum of the slice that
 * it owns of every bucket.
 *
 * <p>One pass is one contribution a rank. The first pass overwrites and later ones add, each in
 * rank order, so that passes of strided virtual shards visit shards 0, 1, 2, ... in order whatever
 * the width is (see the exact reduction). A job of a single pass sums in place.
 */
public final class GradientReducer {
  private final FlatParameters flat;
  private final Communicator dp;
  private final List<BufferView> sums;
  private final List<BufferView> pieces;
  private final List<Pending> underWay = new ArrayList<>();

  /**
   * A reducer.
   *
   * @param accumulator float32 memory for {@link FlatParameters#ownedElements} elements, or null
   *     for a single pass in place
   */
  public GradientReducer(FlatParameters flat, Communicator dp, @Nullable DeviceBuffer accumulator) {
    this.flat = flat;
    this.dp = dp;
    List<BufferView> views = new ArrayList<>();
    long offset = 0;
    for (FlatParameters.Bucket bucket : flat.buckets()) {
      long slice = flat.slice(bucket);
      views.add(
          accumulator == null
              ? bucket.grads().slice(dp.rank() * slice, slice)
              : new BufferView(accumulator, offset * Float.BYTES, slice, DataType.FLOAT32));
      offset += slice;
    }
    sums = List.copyOf(views);
    pieces =
        accumulator == null
            ? sums
            : List.of(new BufferView(accumulator, 0, offset, DataType.FLOAT32));
  }

  /**
   * Adds one contribution a rank to a bucket's sum. Where the group progresses alone, the sum is
   * there, and the gradients may be written again, after {@link #await} only.
   *
   * @param first whether this is the step's first pass
   * @param contributors ranks that have something to add; the rest take part without a contribution
   */
  public void reduce(int bucket, boolean first, int contributors) {
    BufferView send = flat.buckets().get(bucket).grads();
    Pending pending =
        first
            ? dp.reduceScatter(send, sums.get(bucket))
            : dp.reduceScatterAdd(send, sums.get(bucket), contributors);
    underWay.add(Late.of(dp, pending));
  }

  /** Completes all reductions that are under way. */
  public void await() {
    underWay.forEach(Pending::await);
    underWay.clear();
  }

  /** All owned slices, in state order, in as few pieces as they lie in. */
  List<BufferView> pieces() {
    return pieces;
  }

  /** The owned slice of a bucket's summed gradient. */
  public BufferView sum(int bucket) {
    return sums.get(bucket);
  }
}
