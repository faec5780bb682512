package dev.troupe.data.tokenizer;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.troupe.data.bpe.ByteAlphabet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a {@code tokenizer.json} says that tokens become text, token by token. Understood are the
 * decoders of byte-level and of SentencePiece-like tokenizers: {@code ByteLevel}, {@code
 * Metaspace}, and a {@code Sequence} of {@code Replace}, {@code ByteFallback}, {@code Fuse} and
 * {@code Strip} of the first space.
 */
final class TokenDecoder {
  private static final Pattern BYTE = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

  private record Replacement(String what, String with) {}

  private final List<Replacement> replacements = new ArrayList<>();
  private boolean byteLevel;
  private boolean byteFallback;
  private boolean dropsFirstSpace;

  /**
   * Reads the file's {@code decoder}.
   *
   * @throws IllegalArgumentException naming the part that is not understood
   */
  TokenDecoder(JsonObject decoder) {
    add(decoder);
  }

  /** The bytes of a token. */
  byte[] bytes(String token) {
    if (byteLevel) {
      return ByteAlphabet.bytes(token);
    }
    Matcher single = BYTE.matcher(token);
    if (byteFallback && single.matches()) {
      return new byte[] {(byte) Integer.parseInt(single.group(1), 16)};
    }
    String text = token;
    for (Replacement each : replacements) {
      text = text.replace(each.what, each.with);
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether the space that a text begins with is left out. */
  boolean dropsFirstSpace() {
    return dropsFirstSpace;
  }

  private void add(JsonObject decoder) {
    String type = JsonText.text(decoder, "type");
    switch (type) {
      case "ByteLevel" -> byteLevel = true;
      case "ByteFallback" -> byteFallback = true;
      case "Fuse" -> {}
      case "Metaspace" -> {
        replacements.add(new Replacement(JsonText.text(decoder, "replacement"), " "));
        dropsFirstSpace |=
            !JsonText.text(decoder, "prepend_scheme").equals("never")
                && JsonText.flag(decoder, "add_prefix_space", true);
      }
      case "Replace" -> {
        String what = JsonText.text(JsonText.child(decoder, "pattern"), "String");
        if (what.isEmpty()) {
          throw new IllegalArgumentException("its decoder replaces by a pattern");
        }
        replacements.add(new Replacement(what, JsonText.text(decoder, "content")));
      }
      case "Strip" -> {
        int start = JsonText.number(decoder, "start", 0);
        if (!JsonText.text(decoder, "content").equals(" ")
            || start > 1
            || JsonText.number(decoder, "stop", 0) != 0) {
          throw new IllegalArgumentException("its decoder strips other than the first space");
        }
        dropsFirstSpace |= start == 1;
      }
      case "Sequence" -> {
        for (JsonElement part : decoder.getAsJsonArray("decoders")) {
          add(part.getAsJsonObject());
        }
      }
      default ->
          throw new IllegalArgumentException(
              type.isEmpty() ? "it has no decoder" : "its decoder is " + type);
    }
  }
}
