package dev.troupe.deploy.runs;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code events.jsonl} tells of a run. Lines that are not whole, or of events that nothing
 * here asks for, are passed over.
 */
final class History {
  private final NavigableMap<Long, Double> validations = new TreeMap<>();
  private @Nullable Instant started;
  private @Nullable String outcome;
  private int recoveries;

  private History() {}

  /** Reads a file; an empty history where there is none. */
  static History read(Path file) {
    History history = new History();
    try (Stream<String> lines = Files.lines(file)) {
      lines.forEach(history::line);
    } catch (NoSuchFileException e) {
      return history;
    } catch (IOException e) {
      throw new TroupeException(
          Category.DATA, "cannot read %s: %s; is it a run's folder?".formatted(file, e), e);
    }
    return history;
  }

  private void line(String line) {
    try {
      JsonObject event = JsonParser.parseString(line).getAsJsonObject();
      add(event.get("event").getAsString(), event);
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | NumberFormatException
        | DateTimeException
        | UnsupportedOperationException e) {
      // cut off by a crash, or not ours
    }
  }

  private void add(String type, JsonObject event) {
    switch (type) {
      case "started" -> {
        Instant time = Instant.parse(event.get("time").getAsString());
        started = started == null ? time : started;
        outcome = null;
        // What it validated after that step is done again.
        validations.tailMap(event.get("resume_step").getAsLong(), false).clear();
      }
      case "validation" -> validations.put(event.get("step").getAsLong(), loss(event.get("loss")));
      case "recovered" -> recoveries++;
      case "finished" -> outcome = event.get("outcome").getAsString();
      default -> {
        // says nothing about how the run went
      }
    }
  }

  /** A number that is not finite is written as text. */
  private static double loss(JsonElement value) {
    return Double.parseDouble(value.getAsString());
  }

  /** Validation losses by the step that they were taken after. */
  NavigableMap<Long, Double> validations() {
    return validations;
  }

  /** When it started first. */
  Optional<Instant> started() {
    return Optional.ofNullable(started);
  }

  /** How it ended, if its last start has an end. */
  Optional<String> outcome() {
    return Optional.ofNullable(outcome);
  }

  /** How often it went on without what it had lost. */
  int recoveries() {
    return recoveries;
  }
}
