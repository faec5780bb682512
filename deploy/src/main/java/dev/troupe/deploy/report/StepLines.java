package dev.troupe.deploy.report;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.troupe.proto.file.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file of JSON lines that each have a {@code step}: each step has its lines once. A run that
 * resumes, or goes back, drops the lines of the steps it will do again. Used by one thread.
 */
final class StepLines implements AutoCloseable {
  private final Path file;
  private JsonLines lines;
  private long last;

  private StepLines(Path file, JsonLines lines, long last) {
    this.file = file;
    this.lines = lines;
    this.last = last;
  }

  /**
   * Opens the file, with what earlier runs left. It is a new one with the lines of the old one, so
   * that another process that still writes to that writes for nobody.
   *
   * @throws dev.troupe.proto.error.TroupeException of category resource where it cannot be written
   */
  static StepLines open(Path file) {
    try {
      long last = dropAfter(file, Long.MAX_VALUE);
      return new StepLines(file, new JsonLines(file), last);
    } catch (IOException e) {
      throw JsonLines.cannotWrite(file, e);
    }
  }

  /** The run goes on after {@code step} (0: from the beginning): later ones come again. */
  void goOnAfter(long step) {
    if (last <= step) {
      return;
    }
    lines.close();
    try {
      last = dropAfter(file, step);
      lines = new JsonLines(file);
    } catch (IOException e) {
      throw JsonLines.cannotWrite(file, e);
    }
  }

  /**
   * Appends a step's lines, which have its number, and makes them visible to readers. A step that
   * has lines already is not written again: a coordinator that takes over tells of the last one
   * once more.
   */
  void append(long step, List<JsonObject> ofStep) {
    if (step <= last) {
      return;
    }
    ofStep.forEach(lines::append);
    last = step;
  }

  @Override
  public void close() {
    lines.close();
  }

  /**
   * Replaces the file as a whole, so that a crash leaves the old or the new one.
   *
   * @return the last step that is left
   */
  private static long dropAfter(Path file, long lastStep) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    List<String> kept =
        new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> isStepUpTo(lastStep, line))
            .toList();
    WholeFile.write(file, kept.isEmpty() ? "" : String.join("\n", kept) + "\n");
    return kept.isEmpty() ? 0 : step(kept.getLast());
  }

  /** False for a line that a crash cut off, too. */
  private static boolean isStepUpTo(long lastStep, String line) {
    try {
      return step(line) <= lastStep;
    } catch (JsonParseException | IllegalStateException | NullPointerException e) {
      return false;
    }
  }

  private static long step(String line) {
    return JsonParser.parseString(line).getAsJsonObject().get("step").getAsLong();
  }
}
