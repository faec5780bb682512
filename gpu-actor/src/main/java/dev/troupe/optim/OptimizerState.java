package dev.troupe.optim;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.kernels.AdamRange;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Master weights and AdamW moments, float32, of the slice of every bucket that one data-parallel
 * index owns. State order is bucket after bucket, {@link FlatParameters#slice} elements each.
 */
public final class OptimizerState implements AutoCloseable {
  private final FlatParameters flat;
  private final int dpIndex;
  private final List<OwnedRange> ranges;
  private final @Nullable DeviceBuffer master;
  private final DeviceBuffer expAvg;
  private final DeviceBuffer expAvgSq;

  private OptimizerState(Device device, FlatParameters flat, int dpIndex, boolean masters) {
    this.flat = flat;
    this.dpIndex = dpIndex;
    this.ranges = OwnedRange.of(flat, dpIndex);
    long bytes = flat.ownedElements() * Float.BYTES;
    this.master = masters ? device.allocate(bytes) : null;
    this.expAvg = device.allocate(bytes);
    this.expAvgSq = device.allocate(bytes);
  }

  /** Zero state; where parameters are float32 they are the master weights themselves. */
  static OptimizerState ofOwner(Device device, FlatParameters flat, int dpIndex) {
    boolean narrow = flat.buckets().getFirst().values().type() != DataType.FLOAT32;
    return new OptimizerState(device, flat, dpIndex, narrow);
  }

  /** Zero state apart from the parameters: a copy of another rank's. */
  static OptimizerState ofCopy(Device device, FlatParameters flat, int dpIndex) {
    return new OptimizerState(device, flat, dpIndex, true);
  }

  /** Whose slices these are. */
  public int dpIndex() {
    return dpIndex;
  }

  /** The parts of parameters that lie in the slices, in state order. */
  public List<OwnedRange> ranges() {
    return ranges;
  }

  /** Whether master weights lie apart from the parameters. */
  public boolean hasMasters() {
    return master != null;
  }

  /** Master weights of a range, (1, length). */
  public Tensor master(OwnedRange range) {
    return row(master(range.bucket()), range);
  }

  /** First moment of a range. */
  public Tensor expAvg(OwnedRange range) {
    return row(expAvg(range.bucket()), range);
  }

  /** Second moment of a range. */
  public Tensor expAvgSq(OwnedRange range) {
    return row(expAvgSq(range.bucket()), range);
  }

  /** Master weights of a bucket's whole slice, padding included. */
  public BufferView master(int bucket) {
    return master == null ? values(bucket) : state(master, bucket);
  }

  /** First moments of a bucket's whole slice. */
  public BufferView expAvg(int bucket) {
    return state(expAvg, bucket);
  }

  /** Second moments of a bucket's whole slice. */
  public BufferView expAvgSq(int bucket) {
    return state(expAvgSq, bucket);
  }

  /** This rank's parameters of a bucket's whole slice, in their own type. */
  public BufferView values(int bucket) {
    return flat.slice(bucket, dpIndex);
  }

  /** Parameters of a range, in their own type. */
  Tensor value(OwnedRange range) {
    return row(values(range.bucket()), range);
  }

  /**
   * What AdamW updates.
   *
   * @param gradients the reduced gradient of a bucket's slice
   * @param decay decoupled decay of parameters that have one
   * @param publish whether parameters receive the new weights, too
   */
  List<AdamRange> updates(IntFunction<BufferView> gradients, double decay, boolean publish) {
    List<AdamRange> updates = new ArrayList<>(ranges.size());
    for (OwnedRange range : ranges) {
      updates.add(
          new AdamRange(
              publish ? value(range) : master(range),
              master(range),
              expAvg(range),
              expAvgSq(range),
              row(gradients.apply(range.bucket()), range),
              range.parameter().spec().decayed() ? decay : 0));
    }
    return updates;
  }

  private BufferView state(DeviceBuffer buffer, int bucket) {
    long start = 0;
    for (int b = 0; b < bucket; b++) {
      start += flat.slice(flat.buckets().get(b));
    }
    return new BufferView(
        buffer, start * Float.BYTES, flat.slice(flat.buckets().get(bucket)), DataType.FLOAT32);
  }

  /** The part of a bucket's slice where a range lies. */
  private Tensor row(BufferView slice, OwnedRange range) {
    BufferView view = slice.slice(range.inBucket() - dpIndex * slice.count(), range.length());
    int cols = Math.toIntExact(view.count());
    return new Tensor(view.buffer(), view.offset(), view.type(), 1, cols, cols);
  }

  @Override
  public void close() {
    if (master != null) {
      master.close();
    }
    expAvg.close();
    expAvgSq.close();
  }
}
