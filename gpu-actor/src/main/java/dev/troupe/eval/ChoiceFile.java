package dev.troupe.eval;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a multiple-choice task: each line of a JSONL file (UTF-8) is an object with {@code
 * "context"}, a text, {@code "choices"}, a list of texts, and {@code "answer"}, the index of the
 * right one from 0. Other fields and blank lines are passed over.
 */
public final class ChoiceFile {
  private static final String EXAMPLE =
      "{\"context\": \"...\", \"choices\": [\"...\", \"...\"], \"answer\": 0}";

  private ChoiceFile() {}

  /**
   * The task's questions in their order, at least one.
   *
   * @throws TroupeException (data) naming the file, the line, what is wrong with it and what it
   *     should be
   */
  public static List<ChoiceItem> read(Path file) {
    List<ChoiceItem> items = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          items.add(item(file, number, line));
        }
      }
    } catch (NoSuchFileException e) {
      throw TroupeException.data(
          "%s does not exist; give a JSONL file with lines like %s".formatted(file, EXAMPLE));
    } catch (CharacterCodingException e) {
      throw TroupeException.data(
          "%s is not UTF-8; convert it, for example with: iconv -f LATIN1 -t UTF-8"
              .formatted(file));
    } catch (IOException e) {
      throw new TroupeException(
          Category.DATA,
          "%s cannot be read (%s); check that it is a file, and its permissions".formatted(file, e),
          e);
    }
    if (items.isEmpty()) {
      throw TroupeException.data(
          "%s has no question; give it lines like %s".formatted(file, EXAMPLE));
    }
    return List.copyOf(items);
  }

  private static ChoiceItem item(Path file, long number, String line) {
    try {
      JsonObject fields = object(line);
      return new ChoiceItem(number, context(fields), choices(fields), answer(fields));
    } catch (IllegalArgumentException e) {
      throw TroupeException.data(
          "%s line %d %s; each line must be like %s"
              .formatted(file, number, e.getMessage(), EXAMPLE));
    }
  }

  private static JsonObject object(String line) {
    try (JsonReader json = new JsonReader(new StringReader(line))) {
      json.setStrictness(Strictness.STRICT);
      JsonElement element = JsonParser.parseReader(json);
      if (element instanceof JsonObject object && json.peek() == JsonToken.END_DOCUMENT) {
        return object;
      }
      throw new IllegalArgumentException("is not one JSON object");
    } catch (IOException | JsonParseException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IllegalArgumentException("is not a JSON object (%s)".formatted(why), e);
    }
  }

  private static String context(JsonObject fields) {
    if (fields.get("context") instanceof JsonPrimitive text && text.isString()) {
      return text.getAsString();
    }
    throw new IllegalArgumentException("has %s; give a text".formatted(shown(fields, "context")));
  }

  private static List<String> choices(JsonObject fields) {
    if (!(fields.get("choices") instanceof JsonArray list)) {
      throw new IllegalArgumentException(
          "has %s; give a list of texts".formatted(shown(fields, "choices")));
    }
    List<String> choices = new ArrayList<>();
    for (JsonElement each : list) {
      if (!(each instanceof JsonPrimitive text && text.isString())) {
        throw new IllegalArgumentException(
            "has %s as \"choices\"[%d]; give a text".formatted(each, choices.size()));
      }
      choices.add(text.getAsString());
    }
    return choices;
  }

  private static int answer(JsonObject fields) {
    if (fields.get("answer") instanceof JsonPrimitive number && number.isNumber()) {
      try {
        return new BigDecimal(number.getAsString()).intValueExact();
      } catch (ArithmeticException e) {
        // Not a whole number, or a very large one: refused below.
      }
    }
    throw new IllegalArgumentException(
        "has %s; give the index of the right choice, from 0".formatted(shown(fields, "answer")));
  }

  private static String shown(JsonObject fields, String name) {
    return fields.has(name)
        ? "\"%s\" = %s".formatted(name, fields.get(name))
        : "no \"%s\"".formatted(name);
  }
}
