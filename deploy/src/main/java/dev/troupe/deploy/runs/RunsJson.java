package dev.troupe.deploy.runs;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Runs as JSON. The names of its fields are a contract with tools. */
final class RunsJson {
  private RunsJson() {}

  static String write(List<RunRecord> runs) {
    JsonArray all = new JsonArray();
    runs.forEach(run -> all.add(tree(run)));
    return new GsonBuilder()
        .setPrettyPrinting()
        .serializeNulls()
        .disableHtmlEscaping()
        .create()
        .toJson(all);
  }

  private static JsonObject tree(RunRecord run) {
    JsonObject tree = new JsonObject();
    tree.addProperty("run", run.name());
    tree.addProperty("state", run.state());
    tree.addProperty("started", run.started().map(Object::toString).orElse(null));
    tree.addProperty("step", run.last().map(StepLine::step).orElse(0L));
    tree.addProperty("steps", run.stepsWanted().orElse(null));
    tree.addProperty("loss", finite(run.meanLoss(1)));
    tree.addProperty("validation_loss", finite(run.validation()));
    tree.addProperty("tokens", run.last().map(StepLine::tokens).orElse(0L));
    tree.addProperty("tokens_per_second", finite(run.speed()));
    tree.addProperty("parameters", run.parameters().orElse(null));
    tree.addProperty("tp", run.last().map(StepLine::tp).orElse(null));
    tree.addProperty("dp", run.last().map(StepLine::dp).orElse(null));
    tree.addProperty("seconds", run.last().map(StepLine::seconds).orElse(0.0));
    tree.addProperty("recoveries", run.recoveries());
    JsonObject settings = new JsonObject();
    run.settings().values().forEach(settings::addProperty);
    tree.add("settings", settings);
    return tree;
  }

  /** JSON has no NaN and no infinity. */
  private static @Nullable Double finite(OptionalDouble value) {
    return value.isPresent() && Double.isFinite(value.getAsDouble()) ? value.getAsDouble() : null;
  }
}
