package dev.troupe.data.tokenizer;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads from the files beside a {@code tokenizer.json} which tokens begin and end a text. */
final class FilesBeside {
  private FilesBeside() {}

  /**
   * What they say: the first of {@link TokenizerPath#BESIDE} that names a token wins.
   *
   * @param ids all tokens
   * @throws dev.troupe.proto.error.TroupeException (data) where one is not JSON
   */
  static SpecialTokens.Beside read(Path tokenizer, Map<String, Integer> ids) {
    Map<Integer, String> tokens =
        ids.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey, (a, b) -> a));
    Optional<String> bos = Optional.empty();
    Optional<String> eos = Optional.empty();
    boolean noBos = false;
    for (String name : TokenizerPath.BESIDE) {
      Path file = tokenizer.resolveSibling(name);
      if (Files.isRegularFile(file)) {
        JsonObject json = JsonText.object(file, TokenizerPath.read(file));
        bos = bos.or(() -> token(json, "bos_token", tokens));
        eos = eos.or(() -> token(json, "eos_token", tokens));
        noBos |= json.has("add_bos_token") && !JsonText.flag(json, "add_bos_token", true);
      }
    }
    return new SpecialTokens.Beside(bos, eos, noBos);
  }

  /** {@code "<s>"}, {@code {"content": "<s>"}}, or an id under the name with {@code _id}. */
  private static Optional<String> token(JsonObject json, String key, Map<Integer, String> tokens) {
    JsonElement value = json.get(key);
    if (value != null && value.isJsonObject()) {
      value = value.getAsJsonObject().get("content");
    }
    if (value != null && value.isJsonPrimitive()) {
      return Optional.of(value.getAsString());
    }
    JsonElement id = json.get(key + "_id");
    if (id != null && id.isJsonArray() && !id.getAsJsonArray().isEmpty()) {
      id = id.getAsJsonArray().get(0);
    }
    return id != null && id.isJsonPrimitive() && id.getAsJsonPrimitive().isNumber()
        ? Optional.ofNullable(tokens.get(id.getAsInt()))
        : Optional.empty();
  }
}
