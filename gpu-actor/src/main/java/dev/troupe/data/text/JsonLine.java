package dev.troupe.data.text;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import org.jspecify.annotations.Nullable;

/** One line of a JSONL file: an object with the document in one of its fields. */
public final class JsonLine {
  /** The field that has the document where nothing else is said. */
  public static final String FIELD = "text";

  private JsonLine() {}

  /**
   * The document of a line.
   *
   * @param field of the object, not of objects inside it
   */
  public static String text(String line, String field) throws BadLineException {
    String text;
    try (JsonReader json = new JsonReader(new StringReader(line))) {
      json.setStrictness(Strictness.STRICT);
      text = read(json, field);
    } catch (IOException | IllegalStateException e) {
      throw new BadLineException("is not a JSON object (" + firstLine(e) + ")");
    }
    if (text == null) {
      throw new BadLineException("has no field \"" + field + "\" with a string");
    }
    return text;
  }

  private static @Nullable String read(JsonReader json, String field) throws IOException {
    String text = null;
    json.beginObject();
    while (json.hasNext()) {
      if (json.nextName().equals(field) && json.peek() == JsonToken.STRING) {
        text = json.nextString();
      } else {
        json.skipValue();
      }
    }
    json.endObject();
    if (json.peek() != JsonToken.END_DOCUMENT) {
      throw new IllegalStateException("there is more after the object");
    }
    return text;
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
