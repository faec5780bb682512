package dev.troupe.data.text;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One line of a JSONL file: an object with the document in its field "text". */
final class JsonLine {
  private static final String FIELD = "text";

  private JsonLine() {}

  /**
   * The document of a line.
   *
   * @param number of the line, from 1, for messages
   * @throws TroupeException (data) naming the file and the line
   */
  static String text(String line, Path file, long number) {
    String text;
    try (JsonReader json = new JsonReader(new StringReader(line))) {
      json.setStrictness(Strictness.STRICT);
      text = text(json);
    } catch (IOException | IllegalStateException e) {
      throw bad(file, number, "is not a JSON object (" + firstLine(e) + ")");
    }
    if (text == null) {
      throw bad(file, number, "has no field \"" + FIELD + "\" with a string");
    }
    return text;
  }

  private static @Nullable String text(JsonReader json) throws IOException {
    String text = null;
    json.beginObject();
    while (json.hasNext()) {
      if (json.nextName().equals(FIELD) && json.peek() == JsonToken.STRING) {
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

  private static TroupeException bad(Path file, long number, String what) {
    return TroupeException.data(
        "%s line %d %s; each line must be like {\"text\": \"...\"}".formatted(file, number, what));
  }
}
