package dev.troupe.coordinator.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * The network between machines. Messages of one process to one other keep their order, as over TCP;
 * all others overtake each other. A direction between two machines can be cut: what travels there
 * is lost, or waits for the end of the cut, as when TCP sends again.
 */
final class Network {
  private static final int NEVER_CUT = -1; // within a machine

  private record Pair(Process from, Process to) {}

  /** One direction between two machines. */
  private static final class Line {
    boolean cut;
    boolean loses;
    final Deque<Runnable> held = new ArrayDeque<>();
  }

  private final VirtualTime time;
  private final Random random;
  private final Map<Long, Line> lines = new HashMap<>();
  private final Map<Pair, Long> last = new HashMap<>();

  Network(VirtualTime time, Random random) {
    this.time = time;
    this.random = random;
  }

  /** Delivers in {@code to}, unless the network or an end of one of the two prevents it. */
  void send(Process from, Process to, Runnable deliver) {
    if (from.dead() || to.dead()) {
      return;
    }
    Pair pair = new Pair(from, to);
    long due =
        Math.max(time.now() + delay(from.host() == to.host()), last.getOrDefault(pair, 0L) + 1);
    last.put(pair, due);
    time.after(due - time.now(), () -> arrive(line(from.host(), to.host()), to, deliver));
  }

  private static void arrive(Line line, Process to, Runnable deliver) {
    if (!line.cut) {
      to.run(deliver);
    } else if (!line.loses) {
      line.held.add(() -> to.run(deliver));
    }
  }

  private long delay(boolean local) {
    if (local) {
      return 20_000L + random.nextInt(200_000);
    }
    long usual = 100_000L + random.nextInt(2_000_000);
    return random.nextInt(40) == 0 ? usual + random.nextInt(200_000_000) : usual;
  }

  /** Cuts one direction. */
  void cut(int from, int to, boolean loses) {
    if (from != to) {
      Line line = line(from, to);
      line.cut = true;
      line.loses = loses;
    }
  }

  void heal(int from, int to) {
    Line line = line(from, to);
    line.cut = false;
    while (!line.cut && !line.held.isEmpty()) {
      line.held.removeFirst().run();
    }
  }

  /** Whether two machines hear each other. */
  boolean connected(int one, int other) {
    return !line(one, other).cut && !line(other, one).cut;
  }

  private Line line(int from, int to) {
    return lines.computeIfAbsent(from == to ? NEVER_CUT : from * 1_000L + to, key -> new Line());
  }
}
