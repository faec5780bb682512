package dev.troupe.coordinator.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A process of one machine. What reaches it while it is stopped waits until it goes on; what
 * reaches it after its end is lost.
 */
final class Process {
  private final VirtualTime time;
  private final String name;
  private final int host;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final List<Runnable> mourners = new ArrayList<>();
  private boolean dead;
  private boolean paused;

  /**
   * A process that runs.
   *
   * @param host number of its machine, as far as the network goes
   */
  Process(VirtualTime time, String name, int host) {
    this.time = time;
    this.name = name;
    this.host = host;
  }

  String name() {
    return name;
  }

  int host() {
    return host;
  }

  boolean dead() {
    return dead;
  }

  boolean paused() {
    return paused;
  }

  /** Whether it can do something now. */
  boolean running() {
    return !dead && !paused;
  }

  void run(Runnable task) {
    if (paused && !dead) {
      waiting.add(task);
    } else if (!dead) {
      task.run();
    }
  }

  /** Runs {@code task} in this process after a while. */
  void after(long delay, Runnable task) {
    time.after(delay, () -> run(task));
  }

  /** Runs {@code task}, outside, when this process is killed. */
  void whenKilled(Runnable task) {
    mourners.add(task);
  }

  void kill() {
    if (!dead) {
      dead = true;
      waiting.clear();
      List.copyOf(mourners).forEach(Runnable::run);
      mourners.clear();
    }
  }

  void pause() {
    paused = !dead;
  }

  void wake() {
    paused = false;
    while (running() && !waiting.isEmpty()) {
      waiting.removeFirst().run();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
