package dev.troupe.checkpoint;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * JSON files that carry their own hash: {@code {"sha256":"...","content":{...}}}, where the hash is
 * over the exact bytes of the content. Any changed byte of the file is noticed.
 */
final class SealedJson {
  private static final String BEFORE_HASH = "{\"sha256\":\"";
  private static final String AFTER_HASH = "\",\"content\":";
  private static final String END = "}\n";
  private static final int CONTENT_AT = BEFORE_HASH.length() + 64 + AFTER_HASH.length();

  private SealedJson() {}

  /** The bytes of a file with that content. */
  static byte[] seal(JsonObject content) {
    byte[] text = content.toString().getBytes(StandardCharsets.UTF_8);
    return frame(text, Sha256.of(text));
  }

  /**
   * The content of a file.
   *
   * @param file names the file in errors
   * @throws dev.troupe.proto.error.TroupeException where the bytes are not what was sealed
   */
  static JsonFields open(Path file, byte[] bytes) {
    int contentEnd = bytes.length - END.length();
    if (contentEnd < CONTENT_AT) {
      throw Damage.checkpoint(file, "it has only " + bytes.length + " bytes");
    }
    byte[] content = Arrays.copyOfRange(bytes, CONTENT_AT, contentEnd);
    if (!Arrays.equals(bytes, frame(content, Sha256.of(content)))) {
      throw Damage.checkpoint(file, "its content does not match the SHA-256 it carries");
    }
    try {
      String text = new String(content, StandardCharsets.UTF_8);
      return new JsonFields(JsonParser.parseString(text).getAsJsonObject());
    } catch (JsonParseException | IllegalStateException malformed) {
      throw Damage.checkpoint(file, "its content is no JSON object");
    }
  }

  private static byte[] frame(byte[] content, String sha256) {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    return (BEFORE_HASH + sha256 + AFTER_HASH + text + END).getBytes(StandardCharsets.ISO_8859_1);
  }
}
