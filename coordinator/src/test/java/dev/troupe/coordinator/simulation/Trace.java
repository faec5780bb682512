package dev.troupe.coordinator.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last things that happened, for people who look into a failing seed. */
final class Trace {
  private record Line(long time, String who, Object what) {
    @Override
    public String toString() {
      return "%12.6f %-10s %s".formatted(time * 1e-9, who, what);
    }
  }

  private final VirtualTime time;
  private final int limit;
  private final Deque<Line> lines = new ArrayDeque<>();

  /**
   * An empty one.
   *
   * @param limit how many lines it remembers
   */
  Trace(VirtualTime time, int limit) {
    this.time = time;
    this.limit = limit;
  }

  /** Adds a line; {@code what} is immutable and is made into text only when somebody reads it. */
  void add(String who, Object what) {
    if (lines.size() == limit) {
      lines.removeFirst();
    }
    lines.addLast(new Line(time.now(), who, what));
  }

  List<String> lines() {
    List<String> text = new ArrayList<>();
    lines.forEach(line -> text.add(line.toString()));
    return text;
  }
}
