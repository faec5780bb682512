package dev.troupe.collectives.device.cpu;

import java.util.concurrent.locks.LockSupport;

/** A daemon thread that helps with one {@link Fork} after the other. */
final class Lane implements Runnable, AutoCloseable {
  /** Some 30 microseconds where a spin-wait hint takes 40 cycles or more. */
  private static final int SPINS = 2_000;

  private static final int YIELDS = 100;
  private static final Fork NOTHING = new Fork(0, piece -> {});

  /** Its own object, because a fork that is offered twice in a row would not be noticed. */
  private static final Fork END = new Fork(0, piece -> {});

  private final Thread thread;
  private volatile Fork offered = NOTHING;
  private volatile boolean parked;

  private Lane(String name) {
    thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
  }

  static Lane start(String name) {
    Lane lane = new Lane(name);
    lane.thread.start();
    return lane;
  }

  /** Hands the lane its next work; a fork that it has not yet noticed is forgotten. */
  void offer(Fork fork) {
    offered = fork;
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void run() {
    Fork last = NOTHING;
    while (last != END) {
      last = next(last);
      last.work();
    }
  }

  private Fork next(Fork last) {
    int turns = 0;
    Fork fork = offered;
    while (fork == last) {
      if (turns < SPINS) {
        Thread.onSpinWait();
      } else if (turns < SPINS + YIELDS) {
        Thread.yield();
      } else {
        park(last);
      }
      turns++;
      fork = offered;
    }
    return fork;
  }

  /** The flag is raised before the last look, so an offer is either seen here or unparks. */
  private void park(Fork last) {
    parked = true;
    if (offered == last) {
      LockSupport.park(this);
    }
    parked = false;
  }

  @Override
  public void close() {
    offer(END);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
