package dev.troupe.huggingface;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * The fields of a JSON file of others. A field that is {@code null} counts as absent. Every error
 * names the file, the field, its value and what would do.
 *
 * @param file the file
 * @param prefix what stands before a field's name in errors
 * @param json the object
 */
record ConfigFields(Path file, String prefix, JsonObject json) {
  private static final long MAX_BYTES = 1L << 26;

  /** The object that a file holds. */
  static ConfigFields read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw TroupeException.data(file + " is far too large for JSON settings. Check the path.");
      }
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return new ConfigFields(file, "", JsonParser.parseString(text).getAsJsonObject());
    } catch (JsonParseException | IllegalStateException malformed) {
      throw TroupeException.data(file + " is no JSON object. Download or save the model again.");
    } catch (IOException unreadable) {
      throw TroupeException.data(
          "Cannot read %s: %s. Check the path and that you may read it."
              .formatted(file, unreadable.getMessage()));
    }
  }

  Optional<JsonElement> find(String name) {
    return Optional.ofNullable(json.get(name)).filter(value -> !value.isJsonNull());
  }

  Optional<ConfigFields> section(String name) {
    return find(name)
        .map(
            value -> {
              if (!value.isJsonObject()) {
                throw wrong(name, "an object");
              }
              return new ConfigFields(file, prefix + name + ".", value.getAsJsonObject());
            });
  }

  Optional<String> text(String name) {
    return primitive(name, "text").map(JsonPrimitive::getAsString);
  }

  List<String> texts(String name) {
    return find(name)
        .map(
            value -> {
              if (!value.isJsonArray()) {
                throw wrong(name, "a list");
              }
              return StreamSupport.stream(value.getAsJsonArray().spliterator(), false)
                  .map(element -> element.isJsonPrimitive() ? element.getAsString() : "")
                  .toList();
            })
        .orElse(List.of());
  }

  int count(String name) {
    return optionalCount(name)
        .orElseThrow(
            () ->
                TroupeException.data(
                    "%s has no %s%s. Give the folder of a whole model, as save_pretrained writes it."
                        .formatted(file, prefix, name)));
  }

  int count(String name, int whereUnset) {
    return optionalCount(name).orElse(whereUnset);
  }

  Optional<Integer> optionalCount(String name) {
    return primitive(name, "a whole number")
        .map(
            value -> {
              try {
                return value.getAsBigDecimal().intValueExact();
              } catch (ArithmeticException | NumberFormatException notWhole) {
                throw wrong(name, "a whole number");
              }
            });
  }

  Optional<Double> number(String name) {
    return primitive(name, "a number")
        .map(
            value -> {
              try {
                return value.getAsDouble();
              } catch (NumberFormatException text) {
                throw wrong(name, "a number");
              }
            });
  }

  boolean flag(String name) {
    return primitive(name, "true or false").map(JsonPrimitive::getAsBoolean).orElse(false);
  }

  /** The error for a value that is not what Troupe can use. */
  TroupeException wrong(String name, String usable) {
    return TroupeException.data(
        "%s: %s%s = %s is not supported; it would have to be %s."
            .formatted(file, prefix, name, json.get(name), usable));
  }

  private Optional<JsonPrimitive> primitive(String name, String expected) {
    return find(name)
        .map(
            value -> {
              if (!value.isJsonPrimitive()) {
                throw wrong(name, expected);
              }
              return value.getAsJsonPrimitive();
            });
  }
}
