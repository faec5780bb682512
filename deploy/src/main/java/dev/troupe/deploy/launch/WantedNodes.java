package dev.troupe.deploy.launch;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a run's events for the number of nodes that people ask for, on behalf of a launcher whose
 * run is coordinated by other processes: these cannot start nodes, the launcher can.
 */
final class WantedNodes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WantedNodes.class);
  private static final long POLL_MILLIS = 500;

  private final Path events;
  private final Instant since;
  private final IntConsumer change;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("wanted-nodes").factory());
  private FileTime seen = FileTime.fromMillis(0);
  private OptionalInt told = OptionalInt.empty();

  private WantedNodes(Path events, Instant since, IntConsumer change) {
    this.events = events;
    this.since = since;
    this.change = change;
  }

  /**
   * Begins to watch.
   *
   * @param events the run's events
   * @param since what was asked before is another launch's
   * @param change hears of each other number, on a thread of its own
   */
  static WantedNodes watch(Path events, Instant since, IntConsumer change) {
    WantedNodes wanted = new WantedNodes(events, since, change);
    var unused =
        wanted.clock.scheduleWithFixedDelay(
            wanted::look, POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
    return wanted;
  }

  private void look() {
    try {
      FileTime changed = Files.getLastModifiedTime(events);
      if (changed.equals(seen)) {
        return;
      }
      OptionalInt now = last(events, since);
      seen = changed;
      if (now.isPresent() && !now.equals(told)) {
        told = now;
        change.accept(now.getAsInt());
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} cannot be read now", events, e);
    }
  }

  /** The number of the last request since then. */
  static OptionalInt last(Path events, Instant since) throws IOException {
    for (String line : Files.readAllLines(events).reversed()) {
      if (line.contains("\"scale-requested\"")) {
        try {
          JsonObject event = JsonParser.parseString(line).getAsJsonObject();
          return Instant.parse(event.get("time").getAsString()).isBefore(since)
              ? OptionalInt.empty()
              : OptionalInt.of(event.get("nodes").getAsInt());
        } catch (JsonParseException
            | IllegalStateException
            | NullPointerException
            | DateTimeException e) {
          LOG.debug("not a whole line: {}", line);
        }
      }
    }
    return OptionalInt.empty();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
