package dev.troupe.deploy.e2e;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.deploy.chaos.StateHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a run.
 *
 * @param folder the run's folder
 */
record RunFiles(Path folder) {
  List<JsonObject> metrics() throws IOException {
    return objects("metrics.jsonl");
  }

  List<Long> steps() throws IOException {
    return metrics().stream().map(line -> line.get("step").getAsLong()).toList();
  }

  List<Double> losses() throws IOException {
    return metrics().stream().map(line -> line.get("loss").getAsDouble()).toList();
  }

  /** Every step's loss, to the bit. */
  List<String> lossHex() throws IOException {
    return metrics().stream().map(line -> line.get("loss_hex").getAsString()).toList();
  }

  /** Hashes of the newest checkpoint's parameters and optimizer state. */
  StateHash state() throws IOException {
    return StateHash.of(checkpoints().resolve(latest()));
  }

  /** What the model wrote. */
  List<JsonObject> samples() throws IOException {
    return objects("samples.jsonl");
  }

  /** The events of one kind. */
  List<JsonObject> events(String event) throws IOException {
    return objects("events.jsonl").stream()
        .filter(line -> line.get("event").getAsString().equals(event))
        .toList();
  }

  Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  /** What is in the folder of checkpoints, sorted. */
  List<String> checkpointNames() throws IOException {
    return names(checkpoints());
  }

  String latest() throws IOException {
    return Files.readString(checkpoints().resolve("latest")).strip();
  }

  /** Names of a folder's entries, sorted; nothing where there is none. */
  static List<String> names(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
    }
  }

  private List<JsonObject> objects(String name) throws IOException {
    return Files.readAllLines(folder.resolve(name)).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }
}
