package dev.troupe.deploy.chaos.inject;

import dev.troupe.proto.message.InjectFault;
import dev.troupe.train.Damage;
import dev.troupe.train.HeldOutLosses;
import dev.troupe.train.Prepared;
import dev.troupe.train.Snapshot;
import dev.troupe.train.Trainer;
import java.util.Queue;
import java.util.SortedMap;
import java.util.SplittableRandom;

/** A trainer that suffers the faults ordered for its rank before it prepares the next step. */
final class FaultyTrainer implements Trainer {
  /** The exponent's highest bit but one: the value changes by far more than rounding. */
  private static final int BIT = 29;

  private final Trainer delegate;
  private final long epoch;
  private final Queue<InjectFault> orders;
  private double factor = 1;
  private int slowSteps;
  private double busySeconds;

  /**
   * Around a trainer.
   *
   * @param epoch its mesh; orders for an earlier one came too late
   * @param orders faults ordered for the rank; others add to it
   */
  FaultyTrainer(Trainer delegate, long epoch, Queue<InjectFault> orders) {
    this.delegate = delegate;
    this.epoch = epoch;
    this.orders = orders;
  }

  @Override
  public Prepared prepare() {
    InjectFault order;
    while ((order = orders.poll()) != null) {
      if (order.fence().epoch() == epoch) {
        suffer(order);
      }
    }
    double lost = slowSteps > 0 ? (factor - 1) * busySeconds : 0;
    slowSteps = Math.max(0, slowSteps - 1);
    sleep(lost);
    Prepared prepared = delegate.prepare();
    busySeconds = prepared.busySeconds();
    return new Prepared(
        prepared.step(),
        prepared.loss(),
        prepared.gradNorm(),
        prepared.lr(),
        prepared.tokens(),
        prepared.suspects(),
        busySeconds + lost,
        prepared.sourceLosses());
  }

  private void suffer(InjectFault order) {
    switch (order.fault().kind()) {
      case SLOW -> {
        factor = order.fault().amount();
        slowSteps = order.fault().steps();
      }
      case NAN -> delegate.damage(new Damage.NonFiniteGradient());
      case BIT_FLIP ->
          delegate.damage(
              new Damage.ParameterBit(
                  new SplittableRandom(order.id()).nextLong(Integer.MAX_VALUE), BIT));
      case KILL, PAUSE, CUT, DISK_FULL, CRASH ->
          throw new IllegalArgumentException(order + " is not for a trainer");
    }
  }

  private static void sleep(double seconds) {
    try {
      Thread.sleep(Math.round(seconds * 1e3));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public long step() {
    return delegate.step();
  }

  @Override
  public void commit() {
    delegate.commit();
  }

  @Override
  public void skip() {
    delegate.skip();
  }

  @Override
  public void keep(long committed, boolean prepared) {
    delegate.keep(committed, prepared);
  }

  @Override
  public void damage(Damage damage) {
    delegate.damage(damage);
  }

  @Override
  public HeldOutLosses validate() {
    return delegate.validate();
  }

  @Override
  public SortedMap<Integer, String> sample() {
    return delegate.sample();
  }

  @Override
  public Snapshot snapshot() {
    return delegate.snapshot();
  }

  @Override
  public long memoryBytes() {
    return delegate.memoryBytes();
  }

  @Override
  public void close() {
    delegate.close();
  }
}
