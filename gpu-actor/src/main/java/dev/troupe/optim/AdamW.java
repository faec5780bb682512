package dev.troupe.optim;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.kernels.AdamStep;
import dev.troupe.kernels.Kernels;
import dev.troupe.proto.spec.TrainSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

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
  private final OptimizerState own;
  private final BuddyCopies copies;
  private final Pending[] underWay;

  /** Allocates zero state; master weights are set by the caller, then {@link #publishMasters}. */
  public AdamW(
      Device device, Kernels kernels, FlatParameters flat, Communicator dp, TrainSpec spec) {
    this(device, kernels, flat, dp, spec, Buddies.none(dp.size()));
  }

  /**
   * As above, with copies of other ranks' states.
   *
   * @param buddies who of the group keeps whose
   */
  public AdamW(
      Device device,
      Kernels kernels,
      FlatParameters flat,
      Communicator dp,
      TrainSpec spec,
      Buddies buddies) {
    this.kernels = kernels;
    this.flat = flat;
    this.dp = dp;
    this.spec = spec;
    this.underWay = new Pending[flat.buckets().size()];
    Arrays.fill(underWay, Pending.DONE);
    own = OptimizerState.ofOwner(device, flat, dp.rank());
    copies = new BuddyCopies(device, flat, dp, buddies);
  }

  /** Bytes of state a rank. */
  public static long stateBytes(long ownedElements, DataType type) {
    return ownedElements * Float.BYTES * (type == DataType.FLOAT32 ? 2 : 3);
  }

  /** Bytes of a copy of a rank's state: master weights, two moments and the gradient, float32. */
  public static long copyBytes(long ownedElements) {
    return 4 * ownedElements * Float.BYTES;
  }

  /** What this rank owns. */
  public OptimizerState own() {
    return own;
  }

  /** The copies of its wards' states that this rank keeps, by rising ward. */
  public List<OptimizerState> copies() {
    return copies.all().stream().map(BuddyCopy::state).toList();
  }

  /** What this rank owns, and the copies that it keeps. */
  public List<OptimizerState> states() {
    return Stream.concat(Stream.of(own), copies().stream()).toList();
  }

  /**
   * Sends this rank's slices of the reduced gradient to its buddy and takes those of its wards, for
   * the next {@link #update}. All ranks of the group call it.
   *
   * @return what remains to be awaited before gradients are read or written
   */
  public Pending exchange(GradientReducer gradients) {
    return copies.exchange(gradients);
  }

  /** After master weights were set: writes them to the parameters and gathers these. */
  public void publishMasters() {
    if (own.hasMasters()) {
      for (OwnedRange range : own.ranges()) {
        kernels.copy(own.value(range), own.master(range));
      }
    }
    gather();
  }

  /**
   * First half of a step: owned slices, and those of copies, are updated from the reduced gradient.
   * Contains no collective.
   *
   * @param step number of the step, from 1
   * @param gradScale factor of the gradient (clipping)
   */
  public void update(GradientReducer gradients, long step, double lr, double gradScale) {
    AdamStep scalars =
        new AdamStep(lr, spec.beta1(), spec.beta2(), spec.adamEps(), 0, gradScale, step);
    kernels.adamw(own.updates(gradients::sum, spec.weightDecay(), true), scalars);
    for (BuddyCopy copy : copies.all()) {
      kernels.adamw(copy.state().updates(copy::gradient, spec.weightDecay(), false), scalars);
    }
  }

  /** Second half: the gathering of the parameters begins; see {@link #await}. */
  public void gather() {
    for (int b = 0; b < flat.buckets().size(); b++) {
      FlatParameters.Bucket bucket = flat.buckets().get(b);
      BufferView mine = own.values(b);
      underWay[b] = Late.of(dp, dp.allGather(mine, bucket.values()));
    }
  }

  /**
   * Completes the gathering of a bucket's parameters, which may still be under way after {@link
   * #gather}: to be called before they are used.
   */
  public void await(int bucket) {
    underWay[bucket].await();
    underWay[bucket] = Pending.DONE;
  }

  @Override
  public void close() {
    copies.close();
    own.close();
  }
}
