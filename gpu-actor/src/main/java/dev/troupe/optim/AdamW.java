package dev.troupe.optim;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.kernels.AdamRange;
import dev.troupe.kernels.AdamStep;
import dev.troupe.kernels.Kernels;
import dev.troupe.proto.spec.TrainSpec;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * AdamW with ZeRO-1 (Loshchilov and Hutter 2019; Rajbhandari et al. 2020): this rank keeps master
 * weights and moments, float32, of the slice that it owns, updates it, and the parameters are
 * gathered. Where parameters are float32 they are the master weights themselves.
 */
public final class AdamW implements AutoCloseable {
  private final Kernels kernels;
  private final FlatParameters flat;
  private final Communicator dp;
  private final TrainSpec spec;
  private final List<OwnedRange> owned;
  private final @Nullable DeviceBuffer master;
  private final DeviceBuffer expAvg;
  private final DeviceBuffer expAvgSq;
  private final Pending[] underWay;

  /** Allocates zero state; master weights are set by the caller, then {@link #publishMasters}. */
  public AdamW(
      Device device, Kernels kernels, FlatParameters flat, Communicator dp, TrainSpec spec) {
    this.kernels = kernels;
    this.flat = flat;
    this.dp = dp;
    this.spec = spec;
    this.owned = OwnedRange.of(flat, dp.rank());
    this.underWay = new Pending[flat.buckets().size()];
    Arrays.fill(underWay, Pending.DONE);
    long bytes = flat.ownedElements() * Float.BYTES;
    master =
        flat.buckets().getFirst().values().type() == DataType.FLOAT32
            ? null
            : device.allocate(bytes);
    expAvg = device.allocate(bytes);
    expAvgSq = device.allocate(bytes);
  }

  /** Bytes of state a rank. */
  public static long stateBytes(long ownedElements, DataType type) {
    return ownedElements * Float.BYTES * (type == DataType.FLOAT32 ? 2 : 3);
  }

  /** What this rank owns. */
  public List<OwnedRange> owned() {
    return owned;
  }

  /** Master weights of an owned range, float32 (1, length). */
  public Tensor master(OwnedRange range) {
    if (master == null) {
      return value(range);
    }
    return state(master, range);
  }

  /** First moment of an owned range. */
  public Tensor expAvg(OwnedRange range) {
    return state(expAvg, range);
  }

  /** Second moment of an owned range. */
  public Tensor expAvgSq(OwnedRange range) {
    return state(expAvgSq, range);
  }

  private Tensor value(OwnedRange range) {
    BufferView view =
        flat.buckets().get(range.bucket()).values().slice(range.inBucket(), range.length());
    return flatRow(view);
  }

  private static Tensor state(DeviceBuffer buffer, OwnedRange range) {
    return flatRow(
        new BufferView(buffer, range.inState() * Float.BYTES, range.length(), DataType.FLOAT32));
  }

  private static Tensor flatRow(BufferView view) {
    int cols = Math.toIntExact(view.count());
    return new Tensor(view.buffer(), view.offset(), view.type(), 1, cols, cols);
  }

  /** After master weights were set: writes them to the parameters and gathers these. */
  public void publishMasters() {
    if (master != null) {
      for (OwnedRange range : owned) {
        kernels.copy(value(range), master(range));
      }
    }
    gather();
  }

  /**
   * One step: owned slices are updated from the reduced gradient, and the gathering of the
   * parameters begins; see {@link #await}.
   *
   * @param step number of the step, from 1
   * @param gradScale factor of the gradient (clipping)
   */
  public void step(GradientReducer gradients, long step, double lr, double gradScale) {
    List<AdamRange> ranges = new ArrayList<>(owned.size());
    for (OwnedRange range : owned) {
      FlatParameters.Bucket bucket = flat.buckets().get(range.bucket());
      long inSlice = range.inBucket() - dp.rank() * flat.slice(bucket);
      BufferView grad = gradients.sum(range.bucket()).slice(inSlice, range.length());
      ranges.add(
          new AdamRange(
              value(range),
              master(range),
              expAvg(range),
              expAvgSq(range),
              flatRow(grad),
              range.parameter().spec().decayed() ? spec.weightDecay() : 0));
    }
    kernels.adamw(
        ranges, new AdamStep(lr, spec.beta1(), spec.beta2(), spec.adamEps(), 0, gradScale, step));
    gather();
  }

  private void gather() {
    for (int b = 0; b < flat.buckets().size(); b++) {
      FlatParameters.Bucket bucket = flat.buckets().get(b);
      long slice = flat.slice(bucket);
      BufferView own = bucket.values().slice(dp.rank() * slice, slice);
      underWay[b] = Late.of(dp, dp.allGather(own, bucket.values()));
    }
  }

  /**
   * Completes the gathering of a bucket's parameters, which may still be under way after {@link
   * #step}: to be called before they are used.
   */
  public void await(int bucket) {
    underWay[bucket].await();
    underWay[bucket] = Pending.DONE;
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
