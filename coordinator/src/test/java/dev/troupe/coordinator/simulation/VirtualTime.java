package dev.troupe.coordinator.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that jumps from one thing that happens to the next. Times are in nanoseconds. */
final class VirtualTime {
  static final long MILLISECOND = 1_000_000;
  static final long SECOND = 1_000 * MILLISECOND;

  private record Item(long time, long order, Runnable task) {}

  private final PriorityQueue<Item> queue =
      new PriorityQueue<>(Comparator.comparingLong(Item::time).thenComparingLong(Item::order));
  private long now;
  private long count;

  long now() {
    return now;
  }

  /** What happens at the same time happens in the order in which it was asked for. */
  void after(long delay, Runnable task) {
    queue.add(new Item(now + delay, count++, task));
  }

  /** Lets the next thing happen; false: nothing is to come. */
  boolean step() {
    Item next = queue.poll();
    if (next == null) {
      return false;
    }
    now = next.time();
    next.task().run();
    return true;
  }
}
