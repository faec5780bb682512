package dev.troupe.coordinator.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When each node was last heard of. Not thread-safe. Times are in nanoseconds of the caller's
 * clock.
 *
 * <p>A coordinator that was itself stopped for a while hears nobody meanwhile: it finds out by its
 * own looks coming late, and then gives every node that time again.
 */
public final class Liveness {
  private final long silence;
  private final Map<String, Long> heard = new HashMap<>();
  private long looked = Long.MIN_VALUE;

  /** Nodes are silent once nothing was heard of them for {@code silence}. */
  public Liveness(Duration silence) {
    this.silence = silence.toNanos();
  }

  /** A sign of life. */
  public void heard(String node, long now) {
    heard.put(node, now);
  }

  /** The node is known to be gone: its silence is not news. */
  public void forget(String node) {
    heard.remove(node);
  }

  /** The nodes that have fallen silent; they are forgotten. To be asked several times a silence. */
  public List<String> silent(long now) {
    long pause = looked == Long.MIN_VALUE ? 0 : now - looked;
    looked = now;
    if (pause > silence / 2) {
      heard.replaceAll((node, time) -> time + pause);
    }
    List<String> found = new ArrayList<>();
    heard.forEach(
        (node, time) -> {
          if (now - time > silence) {
            found.add(node);
          }
        });
    found.sort(null);
    found.forEach(heard::remove);
    return found;
  }
}
