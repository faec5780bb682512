package dev.troupe.deploy.e2e;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code troupe chaos} with a plan, and what it reports.
 *
 * @param outcome how it ended
 * @param files what the run left
 * @param report its {@code chaos-report.json}
 */
record ChaosRun(Outcome outcome, RunFiles files, JsonObject report) {

  /** A model small enough that eight processes of it share two cores. */
  static final List<String> SMALL =
      List.of(
          "log.every=50",
          "model.hidden=64",
          "model.layers=2",
          "model.heads=4",
          "model.kv-heads=4",
          "model.ffn=128",
          "model.max-seq=64",
          "train.seq-length=64",
          "train.global-batch=16",
          "train.schedule=constant",
          "data.bios.people=50",
          "data.validation.every=0",
          "parallel.tp=1",
          "parallel.virtual-shards=8",
          "worker.devices-per-process=1",
          "elastic.restarts=1000");

  /**
   * Runs a plan to its end.
   *
   * @param folder where
   * @param plan the plan
   * @param limitSeconds after which it is killed
   * @param arguments options and settings
   */
  static ChaosRun of(
      Path folder, String name, String plan, long limitSeconds, List<String> arguments)
      throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve(name + ".conf"), plan);
    List<String> all = new ArrayList<>(List.of("chaos", file.toString()));
    all.add("run.name=" + name);
    all.addAll(SMALL);
    all.addAll(arguments);
    Program program = new Program(folder);
    Outcome outcome;
    try (Child child =
        program.start(Map.of(), List.of(), limitSeconds, all.toArray(String[]::new))) {
      outcome = child.end();
    }
    RunFiles files = program.files(name);
    Path report = files.folder().resolve("chaos-report.json");
    if (!Files.exists(report)) {
      throw new AssertionError(outcome.toString());
    }
    return new ChaosRun(
        outcome, files, JsonParser.parseString(Files.readString(report)).getAsJsonObject());
  }

  /** The row of a kind of fault. */
  Optional<JsonObject> kind(String kind) {
    for (JsonElement row : kinds()) {
      if (row.getAsJsonObject().get("kind").getAsString().equals(kind)) {
        return Optional.of(row.getAsJsonObject());
      }
    }
    return Optional.empty();
  }

  /** Sum of a number over all kinds. */
  long sum(String field) {
    long sum = 0;
    for (JsonElement row : kinds()) {
      sum += row.getAsJsonObject().get(field).getAsLong();
    }
    return sum;
  }

  private JsonArray kinds() {
    return report.getAsJsonArray("kinds");
  }

  /** A figure of a kind's times, such as p95 of recovery_seconds; 0 where there is none. */
  double seconds(String kind, String times, String figure) {
    return kind(kind).map(row -> row.getAsJsonObject(times).get(figure).getAsDouble()).orElse(0.0);
  }

  boolean sameBits() {
    JsonObject with = report.getAsJsonObject("reference");
    return with != null
        && with.get("same_losses").getAsBoolean()
        && with.get("same_state").getAsBoolean();
  }

  long steps() {
    JsonObject with = report.getAsJsonObject("reference");
    return with == null ? 0 : with.get("steps").getAsLong();
  }

  /** Seconds of all events of a name, sorted. */
  List<Double> secondsOf(String event, String kind) throws IOException {
    return files.events(event).stream()
        .filter(line -> kind.isEmpty() || line.get("kind").getAsString().equals(kind))
        .map(line -> line.get("seconds").getAsDouble())
        .sorted()
        .toList();
  }

  /** The nearest rank; 0 of nothing. */
  static double percentile(List<Double> sorted, int percent) {
    return sorted.isEmpty()
        ? 0
        : sorted.get(Math.max(0, Math.ceilDiv(sorted.size() * percent, 100) - 1));
  }
}
