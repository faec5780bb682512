package dev.troupe.deploy.chaos.engine;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code events.jsonl}. */
public final class EventLines {
  private EventLines() {}

  /** All lines; one that was cut off when its writer was killed is left out. */
  public static List<JsonObject> all(Path file) {
    List<JsonObject> lines = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        try {
          lines.add(JsonParser.parseString(line).getAsJsonObject());
        } catch (JsonSyntaxException | IllegalStateException cutOff) {
          // Its writer ended in the middle of it.
        }
      }
    } catch (NoSuchFileException none) {
      return lines;
    } catch (IOException e) {
      throw TroupeException.data("%s: cannot be read: %s".formatted(file, e.getMessage()));
    }
    return lines;
  }

  /** The lines since the run ended last, or since it began. */
  static List<JsonObject> sinceTheEnd(Path file) {
    List<JsonObject> lines = all(file);
    int from = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).get("event").getAsString().equals("finished")) {
        from = i + 1;
      }
    }
    return lines.subList(from, lines.size());
  }
}
