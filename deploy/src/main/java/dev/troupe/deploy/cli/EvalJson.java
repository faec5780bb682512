package dev.troupe.deploy.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.troupe.eval.BlendLoss;
import dev.troupe.eval.ChoiceScore;
import dev.troupe.eval.TaskScore;
import dev.troupe.eval.TaskScore.Accuracy;
import dev.troupe.eval.TextLoss;

/** Writes what an evaluation found, for tools: the names are a contract. */
final class EvalJson {
  private EvalJson() {}

  /**
   * The whole result. {@code loss}, {@code perplexity}, {@code bits_per_byte}, {@code tokens} and
   * {@code bytes} are of all {@code files} together and lack where there are none.
   */
  static String of(EvalResult result) {
    JsonObject tree = result.files().isEmpty() ? new JsonObject() : text(result.all());
    tree.addProperty("checkpoint", result.checkpoint().toString());
    tree.addProperty("step", result.step());
    tree.addProperty("context", result.context());
    tree.addProperty("stride", result.stride());
    if (!result.files().isEmpty()) {
      JsonArray files = new JsonArray();
      result.files().forEach(file -> files.add(named("file", file.name(), text(file))));
      tree.add("files", files);
    }
    result.blend().ifPresent(blend -> tree.add("blend", blend(blend)));
    if (!result.tasks().isEmpty()) {
      JsonArray tasks = new JsonArray();
      result.tasks().forEach(task -> tasks.add(task(task)));
      tree.add("tasks", tasks);
    }
    return new GsonBuilder()
        .setPrettyPrinting()
        .serializeNulls()
        .disableHtmlEscaping()
        .create()
        .toJson(tree);
  }

  /** A line of JSON for each question of each task. */
  static String details(EvalResult result) {
    StringBuilder lines = new StringBuilder();
    for (EvalResult.Task task : result.tasks()) {
      for (ChoiceScore answer : task.score().items()) {
        JsonObject line = named("task", task.score().name(), new JsonObject());
        line.addProperty("line", answer.item().line());
        line.addProperty("answer", answer.item().answer());
        JsonArray likelihoods = new JsonArray();
        for (double each : answer.logLikelihoods()) {
          likelihoods.add(each);
        }
        line.add("log_likelihoods", likelihoods);
        line.addProperty("acc", answer.right() ? 1 : 0);
        line.addProperty("acc_norm", answer.rightByLength() ? 1 : 0);
        lines.append(line).append('\n');
      }
    }
    return lines.toString();
  }

  private static JsonObject text(TextLoss text) {
    JsonObject tree = new JsonObject();
    tree.addProperty("loss", text.loss());
    tree.addProperty("perplexity", text.perplexity());
    tree.add("bits_per_byte", number(text.bitsPerByte()));
    tree.addProperty("tokens", text.tokens());
    tree.addProperty("bytes", text.bytes());
    return tree;
  }

  private static JsonObject blend(EvalResult.Blend blend) {
    BlendLoss whole = blend.loss();
    JsonObject tree = new JsonObject();
    tree.addProperty("blend", blend.name());
    tree.addProperty("held_out", blend.heldOut());
    tree.addProperty("loss", whole.loss());
    tree.addProperty("perplexity", whole.perplexity());
    tree.add("bits_per_byte", number(whole.bitsPerByte()));
    JsonArray sources = new JsonArray();
    for (BlendLoss.Part part : whole.parts()) {
      JsonObject source = named("source", part.text().name(), new JsonObject());
      source.addProperty("weight", part.weight());
      text(part.text()).asMap().forEach(source::add);
      sources.add(source);
    }
    tree.add("sources", sources);
    return tree;
  }

  private static JsonObject task(EvalResult.Task task) {
    TaskScore score = task.score();
    JsonObject tree = named("task", score.name(), new JsonObject());
    tree.addProperty("file", task.file().toString());
    tree.addProperty("n", score.items().size());
    tree.addProperty("shots", score.shots());
    tree.addProperty("cut", score.cut());
    add(tree, "acc", score.accuracy());
    add(tree, "acc_norm", score.accuracyByLength());
    return tree;
  }

  private static void add(JsonObject tree, String name, Accuracy accuracy) {
    tree.addProperty(name, accuracy.mean());
    tree.add(name + "_stderr", number(accuracy.standardError()));
  }

  private static JsonObject named(String key, String name, JsonObject rest) {
    JsonObject tree = new JsonObject();
    tree.addProperty(key, name);
    rest.asMap().forEach(tree::add);
    return tree;
  }

  /** JSON has no word for what is not a number. */
  private static JsonElement number(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }
}
