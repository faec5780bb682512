package dev.troupe.data.tokenizer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Changes a {@code tokenizer.json} so that the library encodes plain text only:
 *
 * <ul>
 *   <li>Special tokens get names that no text has, because text that looks like one is text (as in
 *       LLaMA's own tokenizers): else any document could end itself.
 *   <li>Nothing is cut off or padded.
 *   <li>For later parts of a text, no space is put before it.
 * </ul>
 */
final class EncoderJson {
  /** Begins a name that no text has: it is no character. */
  private static final String UNSEEN = "\uFDD0";

  private EncoderJson() {}

  /**
   * Changes {@code json}.
   *
   * @param special the special tokens
   * @param next whether for later parts of a text
   */
  static void prepare(JsonObject json, Set<String> special, boolean next) {
    json.add("truncation", JsonNull.INSTANCE);
    json.add("padding", JsonNull.INSTANCE);
    json.add("post_processor", JsonNull.INSTANCE);
    rename(json, names(JsonText.child(json, "model"), special));
    if (next) {
      withoutPrefix(json, "normalizer", "normalizers");
      withoutPrefix(json, "pre_tokenizer", "pretokenizers");
    }
  }

  /** Whether an added token is looked for in texts, before anything else is done with them. */
  static boolean looksForTokens(JsonObject json) {
    return json.get("added_tokens") instanceof JsonArray tokens
        && tokens.asList().stream()
            .map(JsonElement::getAsJsonObject)
            .anyMatch(token -> !JsonText.text(token, "content").startsWith(UNSEEN));
  }

  /** New names of all special tokens that no merge makes; those are part of the text's own. */
  private static Map<String, String> names(JsonObject model, Set<String> special) {
    String secret = UUID.randomUUID().toString();
    Map<String, String> names = new HashMap<>();
    special.forEach(token -> names.put(token, UNSEEN + secret + token));
    if (model.get("merges") instanceof JsonArray merges) {
      for (JsonElement merge : merges) {
        names.remove(
            merge instanceof JsonArray pair
                ? pair.get(0).getAsString() + pair.get(1).getAsString()
                : merge.getAsString().replace(" ", ""));
      }
    }
    return names;
  }

  private static void rename(JsonObject json, Map<String, String> names) {
    if (json.get("added_tokens") instanceof JsonArray tokens) {
      for (JsonElement each : tokens) {
        JsonObject token = each.getAsJsonObject();
        String name = names.get(JsonText.text(token, "content"));
        if (name != null) {
          token.addProperty("content", name);
          token.addProperty("normalized", false);
        }
      }
    }
    JsonObject model = JsonText.child(json, "model");
    names.forEach(
        (old, name) -> {
          if (model.get("vocab") instanceof JsonObject vocab && vocab.has(old)) {
            vocab.add(name, vocab.remove(old));
          }
          if (JsonText.text(model, "unk_token").equals(old)) {
            model.addProperty("unk_token", name);
          }
        });
    if (model.get("vocab") instanceof JsonArray pieces) {
      for (JsonElement each : pieces) {
        JsonArray piece = each.getAsJsonArray();
        String name = names.get(piece.get(0).getAsString());
        if (name != null) {
          piece.set(0, new JsonPrimitive(name));
        }
      }
    }
  }

  private static void withoutPrefix(JsonObject json, String key, String partsKey) {
    JsonObject step = JsonText.child(json, key);
    if (prepends(step)) {
      json.add(key, JsonNull.INSTANCE);
      return;
    }
    dropPrefix(step);
    if (step.get(partsKey) instanceof JsonArray parts) {
      JsonArray kept = new JsonArray();
      for (JsonElement part : parts) {
        if (!prepends(part.getAsJsonObject())) {
          dropPrefix(part.getAsJsonObject());
          kept.add(part);
        }
      }
      step.add(partsKey, kept);
    }
  }

  private static boolean prepends(JsonObject step) {
    return JsonText.text(step, "type").equals("Prepend");
  }

  private static void dropPrefix(JsonObject step) {
    if (step.has("prepend_scheme")) {
      step.addProperty("prepend_scheme", "never");
    }
    if (step.has("add_prefix_space")) {
      step.addProperty("add_prefix_space", false);
    }
  }
}
