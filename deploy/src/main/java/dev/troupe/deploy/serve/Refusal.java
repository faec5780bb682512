package dev.troupe.deploy.serve;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import org.jspecify.annotations.Nullable;

/**
 * Why a request gets no texts, as OpenAI's API tells it.
 *
 * @param status HTTP status
 * @param type the kind of error
 * @param param the field of the request that is not in order, where there is one
 * @param code a word for programs, where there is one
 * @param message for people
 */
record Refusal(
    int status, String type, @Nullable String param, @Nullable String code, String message) {
  private static final String INVALID = "invalid_request_error";
  private static final String SERVER = "server_error";

  /** A field of the request is not in order. */
  static Refusal field(String name, String message) {
    return new Refusal(400, INVALID, name, null, message);
  }

  /** Something else of the request is not in order. */
  static Refusal request(int status, String message) {
    return new Refusal(status, INVALID, null, null, message);
  }

  static Refusal unknownModel(String message) {
    return new Refusal(404, INVALID, "model", "model_not_found", message);
  }

  static Refusal unauthorized() {
    return new Refusal(401, INVALID, null, "invalid_api_key", "a bearer token is needed");
  }

  static Refusal busy(String message) {
    return new Refusal(429, "requests", null, "rate_limit_exceeded", message);
  }

  static Refusal unavailable(String message) {
    return new Refusal(503, SERVER, null, null, message);
  }

  static Refusal defect() {
    return new Refusal(500, SERVER, null, null, "a defect of Troupe; its log has the details");
  }

  JsonObject json() {
    JsonObject error = new JsonObject();
    error.addProperty("message", message);
    error.addProperty("type", type);
    error.add("param", orNull(param));
    error.add("code", orNull(code));
    JsonObject tree = new JsonObject();
    tree.add("error", error);
    return tree;
  }

  private static JsonElement orNull(@Nullable String text) {
    return text == null ? JsonNull.INSTANCE : new JsonPrimitive(text);
  }
}
