package dev.troupe.data.tokenizer;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.troupe.proto.error.TroupeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads JSON that others wrote. */
final class JsonText {
  private JsonText() {}

  /**
   * A file's object.
   *
   * @throws TroupeException (data) where the bytes are none
   */
  static JsonObject object(Path file, byte[] bytes) {
    try {
      JsonElement json = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8));
      if (json.isJsonObject()) {
        return json.getAsJsonObject();
      }
    } catch (JsonParseException e) {
      throw TroupeException.data("%s is not JSON: %s".formatted(file, e.getMessage()));
    }
    throw TroupeException.data("%s is not a JSON object".formatted(file));
  }

  /** An object within an object; an empty one where there is none. */
  static JsonObject child(JsonObject json, String key) {
    return json.get(key) instanceof JsonObject child ? child : new JsonObject();
  }

  static String text(JsonObject json, String key) {
    JsonElement value = json.get(key);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
  }

  static boolean flag(JsonObject json, String key, boolean whereUnset) {
    JsonElement value = json.get(key);
    return value != null && value.isJsonPrimitive() ? value.getAsBoolean() : whereUnset;
  }

  static int number(JsonObject json, String key, int whereUnset) {
    JsonElement value = json.get(key);
    return value != null && value.isJsonPrimitive() ? value.getAsInt() : whereUnset;
  }
}
