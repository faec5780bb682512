package dev.troupe.deploy.gpucheck;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.troupe.deploy.process.ProcessEnd;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * A run of the product that ended.
 *
 * @param name of the run
 * @param exitCode of its process
 * @param log what it printed
 * @param folder the run's files
 */
record Run(String name, int exitCode, Path log, Path folder) {

  /**
   * This run, where it succeeded.
   *
   * @throws TroupeException with its last words, where it did not
   */
  Run succeeded() {
    if (exitCode != 0) {
      throw TroupeException.peer(
          "the run %s %s%s".formatted(name, ProcessEnd.words(exitCode), ProcessEnd.lastWords(log)));
    }
    return this;
  }

  /** Loss of every step, to the bit. */
  List<String> lossBits() {
    return lines("metrics.jsonl").stream().map(line -> line.get("loss_hex").getAsString()).toList();
  }

  /** Loss of every step. */
  List<Double> losses() {
    return lossBits().stream().map(Double::parseDouble).toList();
  }

  /** Step of the last checkpoint. */
  int checkpointStep() {
    return checkpointStep(folder)
        .orElseThrow(() -> TroupeException.data("the run %s left no checkpoint".formatted(name)));
  }

  /** Step of the newest checkpoint of the run whose files are in {@code folder}, if it has one. */
  static OptionalInt checkpointStep(Path folder) {
    try {
      String newest = Files.readString(folder.resolve("checkpoints/latest")).strip();
      return OptionalInt.of(Integer.parseInt(newest.substring(newest.lastIndexOf('-') + 1)));
    } catch (IOException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /** The events of one kind. */
  List<JsonObject> events(String event) {
    return lines("events.jsonl").stream()
        .filter(line -> line.get("event").getAsString().equals(event))
        .toList();
  }

  /** The last line that it printed. */
  String lastLine() {
    String text = output().strip();
    return text.substring(text.lastIndexOf('\n') + 1);
  }

  /** What it printed. */
  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "";
    }
  }

  private List<JsonObject> lines(String file) {
    try {
      return Files.readAllLines(folder.resolve(file)).stream()
          .map(line -> JsonParser.parseString(line).getAsJsonObject())
          .toList();
    } catch (IOException | JsonParseException e) {
      throw new TroupeException(
          Category.DATA, "the run %s left no readable %s: %s".formatted(name, file, e), e);
    }
  }
}
