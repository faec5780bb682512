package dev.troupe.deploy.serve;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.troupe.infer.FinishReason;
import java.time.Instant;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of one request's answer.
 *
 * @param id names the answer
 * @param created when it was asked for
 * @param model the model's name
 */
record CompletionForm(String id, Instant created, String model) {
  /** A form with a new id. */
  static CompletionForm of(ServedModel model) {
    byte[] id = new byte[12];
    new SplittableRandom().nextBytes(id);
    return new CompletionForm("cmpl-" + HexFormat.of().formatHex(id), Instant.now(), model.name());
  }

  /** An object with these choices; in a stream, one of many. */
  JsonObject object(JsonElement... choices) {
    JsonObject tree = new JsonObject();
    tree.addProperty("id", id);
    tree.addProperty("object", "text_completion");
    tree.addProperty("created", created.getEpochSecond());
    tree.addProperty("model", model);
    JsonArray list = new JsonArray();
    for (JsonElement choice : choices) {
      list.add(choice);
    }
    tree.add("choices", list);
    return tree;
  }

  /**
   * One of the texts, or a piece of it.
   *
   * @param reason null while it goes on
   */
  static JsonObject choice(int index, String text, @Nullable FinishReason reason) {
    JsonObject choice = new JsonObject();
    choice.addProperty("text", text);
    choice.addProperty("index", index);
    choice.add("logprobs", JsonNull.INSTANCE);
    choice.add(
        "finish_reason", reason == null ? JsonNull.INSTANCE : new JsonPrimitive(reason.word()));
    return choice;
  }

  /** The number of tokens: of the prompts, each once, and of the texts. */
  static JsonObject usage(long promptTokens, long completionTokens) {
    JsonObject usage = new JsonObject();
    usage.addProperty("prompt_tokens", promptTokens);
    usage.addProperty("completion_tokens", completionTokens);
    usage.addProperty("total_tokens", promptTokens + completionTokens);
    return usage;
  }
}
