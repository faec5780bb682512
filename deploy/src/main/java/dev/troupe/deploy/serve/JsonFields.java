package dev.troupe.deploy.serve;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.troupe.proto.config.Nearest;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fields of a JSON object that strangers sent. One that is {@code null} counts as left out.
 * What is not in order is a {@link RefusedException} that names the field. Not thread-safe.
 */
final class JsonFields {
  private static final TypeAdapter<JsonElement> ELEMENTS = new Gson().getAdapter(JsonElement.class);
  private static final int LONGEST = 100;

  private final JsonObject object;
  private final String prefix;
  private final Set<String> known = new TreeSet<>();

  private JsonFields(JsonObject object, String prefix) {
    this.object = object;
    this.prefix = prefix;
  }

  /** Reads UTF-8. */
  static JsonFields read(byte[] utf8) {
    try (JsonReader reader =
        new JsonReader(
            new StringReader(
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString()))) {
      reader.setStrictness(Strictness.STRICT);
      JsonElement element = ELEMENTS.read(reader);
      if (element.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) {
        return new JsonFields(element.getAsJsonObject(), "");
      }
    } catch (CharacterCodingException e) {
      throw new RefusedException(Refusal.request(400, "the body is not UTF-8"));
    } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new RefusedException(Refusal.request(400, "the body is not JSON: " + shortened(why)));
    }
    throw new RefusedException(Refusal.request(400, "the body is not one JSON object"));
  }

  /** A field of any type. */
  Optional<JsonElement> any(String name) {
    known.add(name);
    return Optional.ofNullable(object.get(name)).filter(value -> !value.isJsonNull());
  }

  /** A field that is an object itself. */
  Optional<JsonFields> object(String name) {
    return any(name)
        .map(
            value -> {
              if (!value.isJsonObject()) {
                throw wrong(name, value, "give an object");
              }
              return new JsonFields(value.getAsJsonObject(), prefix + name + ".");
            });
  }

  Optional<String> text(String name) {
    return any(name)
        .map(
            value -> {
              if (!isText(value)) {
                throw wrong(name, value, "give a string");
              }
              return value.getAsString();
            });
  }

  boolean flag(String name) {
    return any(name)
        .map(
            value -> {
              if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
                throw wrong(name, value, "give true or false");
              }
              return value.getAsBoolean();
            })
        .orElse(false);
  }

  Optional<Long> whole(String name, long least, long most) {
    return any(name).map(value -> whole(name, value, least, most));
  }

  /** The value of a field, or of a part of it, as a whole number. */
  long whole(String name, JsonElement value, long least, long most) {
    try {
      long number = number(name, value).longValueExact();
      if (number >= least && number <= most) {
        return number;
      }
    } catch (ArithmeticException e) {
      // has a fraction, or is far too large
    }
    throw wrong(name, value, "give a whole number from %d to %d".formatted(least, most));
  }

  Optional<Double> real(String name, double least, double most) {
    return any(name)
        .map(
            value -> {
              double number = number(name, value).doubleValue();
              if (!(number >= least && number <= most)) {
                throw wrong(name, value, "give a number from %s to %s".formatted(least, most));
              }
              return number;
            });
  }

  private BigDecimal number(String name, JsonElement value) {
    try {
      if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) {
        return value.getAsBigDecimal();
      }
    } catch (NumberFormatException e) {
      // an exponent beyond reason
    }
    throw wrong(name, value, "give a number");
  }

  static boolean isText(JsonElement value) {
    return value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
  }

  static boolean isNumber(JsonElement value) {
    return value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
  }

  /** A field that has a value which it cannot have. */
  RefusedException wrong(String name, JsonElement value, String remedy) {
    return new RefusedException(
        Refusal.field(
            prefix + name,
            "%s%s = %s: %s".formatted(prefix, name, shortened(value.toString()), remedy)));
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }

  /** Refuses an object with a field that was never asked for, which is perhaps misspelt. */
  void requireNothingElse() {
    for (String name : object.keySet()) {
      if (!known.contains(name)) {
        String shown = shortened(name);
        throw new RefusedException(
            Refusal.field(
                prefix + shown,
                "unknown field %s%s; did you mean %s?"
                    .formatted(prefix, shown, Nearest.of(shown, known))));
      }
    }
  }
}
