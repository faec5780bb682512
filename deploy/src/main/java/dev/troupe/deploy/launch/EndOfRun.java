package dev.troupe.deploy.launch;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a run ended that another process coordinated: the last word in its events.
 *
 * @param exitCode as of a process
 * @param message what happened, for people; empty when all went well
 */
record EndOfRun(int exitCode, String message) {

  /** The end that is told in {@code events}, unless it was before {@code since}. */
  static Optional<EndOfRun> read(Path events, Instant since) {
    try {
      List<String> lines = Files.readAllLines(events);
      for (String line : lines.reversed()) {
        if (line.contains("\"finished\"")) {
          JsonObject event = JsonParser.parseString(line).getAsJsonObject();
          return Instant.parse(event.get("time").getAsString()).isBefore(since)
              ? Optional.empty()
              : Optional.of(
                  new EndOfRun(
                      event.get("exit_code").getAsInt(), event.get("message").getAsString()));
        }
      }
    } catch (IOException
        | JsonParseException
        | IllegalStateException
        | NullPointerException
        | DateTimeException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  /**
   * The exit code.
   *
   * @throws TroupeException where the run failed
   */
  int orThrow() {
    Optional<Category> category = Category.ofExitCode(exitCode);
    if (category.isPresent()) {
      throw new TroupeException(category.get(), message);
    }
    return exitCode;
  }
}
