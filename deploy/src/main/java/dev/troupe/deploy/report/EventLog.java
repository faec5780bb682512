package dev.troupe.deploy.report;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.troupe.proto.file.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code events.jsonl}: what happened to the run besides its steps, a line each with {@code time}
 * and {@code event}. Kept over resumes. Used by one thread.
 */
public final class EventLog implements AutoCloseable {
  private static final Gson GSON = new Gson();

  private final Path file;
  private final InstantSource clock;
  private @Nullable JsonLines lines;

  private EventLog(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  /**
   * Opens the log for appending. The file is a new one with the lines of the old one, so that
   * another process that still writes to that writes for nobody.
   *
   * @throws dev.troupe.proto.error.TroupeException of category resource where it cannot be written
   */
  public static EventLog open(Path file, InstantSource clock) {
    try {
      WholeFile.renew(file);
      EventLog log = new EventLog(file, clock);
      log.lines = new JsonLines(file);
      return log;
    } catch (IOException e) {
      throw JsonLines.cannotWrite(file, e);
    }
  }

  /**
   * A second writer in the process that has the log {@linkplain #open open}; it opens the file with
   * its first line, when the first writer has made it anew. Lines of both are whole.
   */
  public static EventLog beside(Path file, InstantSource clock) {
    return new EventLog(file, clock);
  }

  /**
   * Appends an event.
   *
   * @param event its name, e.g. {@code checkpoint}
   * @param fields numbers, texts, booleans, lists of them, and numbers by name; by name
   */
  public void append(String event, Map<String, ?> fields) {
    JsonObject line = new JsonObject();
    line.addProperty("time", clock.instant().toString());
    line.addProperty("event", event);
    fields.forEach((name, value) -> line.add(name, tree(value)));
    lines().append(line);
  }

  private JsonLines lines() {
    JsonLines open = lines;
    if (open == null) {
      try {
        open = new JsonLines(file);
      } catch (IOException e) {
        throw JsonLines.cannotWrite(file, e);
      }
      lines = open;
    }
    return open;
  }

  /** JSON has no NaN and no infinity: they are written as text. */
  private static JsonElement tree(Object value) {
    return switch (value) {
      case Double number when !Double.isFinite(number) -> new JsonPrimitive(number.toString());
      case Map<?, ?> numbers -> {
        JsonObject object = new JsonObject();
        numbers.forEach((name, number) -> object.add(String.valueOf(name), tree(number)));
        yield object;
      }
      default -> GSON.toJsonTree(value);
    };
  }

  @Override
  public void close() {
    if (lines != null) {
      lines.close();
    }
  }
}
