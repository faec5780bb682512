package dev.troupe.data.bpe;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Knows the {@code tokenizer.json} files that {@link BpeEncoder} encodes as the {@code tokenizers}
 * library does: byte-level BPE over all bytes, with the words of GPT-2, LLaMA 3 or Qwen, nothing
 * normalised and no dropout.
 */
public final class BpeReader {
  private static final String TYPE = "type";

  private BpeReader() {}

  /**
   * The encoder of a file's contents; empty for a file of another kind. The file's added tokens are
   * not looked for in texts.
   */
  public static Optional<BpeEncoder> read(JsonObject json) {
    if (!(json.get("model") instanceof JsonObject model)
        || !(model.get("vocab") instanceof JsonObject vocab)
        || !(model.get("merges") instanceof JsonArray merges)
        || !is(json, "normalizer", JsonNull.INSTANCE)
        || !plain(model)) {
      return Optional.empty();
    }
    Map<String, Integer> ids = new HashMap<>();
    vocab.asMap().forEach((token, id) -> ids.put(token, id.getAsInt()));
    int[] bytes = new int[256];
    for (int value = 0; value < bytes.length; value++) {
      Integer id = ids.get(String.valueOf(ByteAlphabet.of(value)));
      if (id == null) {
        return Optional.empty();
      }
      bytes[value] = id;
    }
    Map<String, Integer> whole = flag(model, "ignore_merges", false) ? ids : Map.of();
    return words(json)
        .flatMap(
            pattern ->
                table(merges, ids).map(table -> new BpeEncoder(pattern, table, bytes, whole)));
  }

  private static boolean plain(JsonObject model) {
    return "BPE".equals(text(model, TYPE, "BPE"))
        && is(model, "dropout", JsonNull.INSTANCE)
        && text(model, "continuing_subword_prefix", "").isEmpty()
        && text(model, "end_of_word_suffix", "").isEmpty()
        && !flag(model, "byte_fallback", false);
  }

  private static Optional<WordPattern> words(JsonObject json) {
    if (!(json.get("pre_tokenizer") instanceof JsonObject step)) {
      return Optional.empty();
    }
    if (byteLevel(step, true)) {
      return Optional.of(new Gpt2Words());
    }
    return "Sequence".equals(text(step, TYPE, ""))
            && step.get("pretokenizers") instanceof JsonArray parts
            && parts.size() == 2
            && parts.get(0) instanceof JsonObject split
            && parts.get(1) instanceof JsonObject bytes
            && byteLevel(bytes, false)
        ? split(split)
        : Optional.empty();
  }

  private static boolean byteLevel(JsonObject step, boolean regex) {
    return "ByteLevel".equals(text(step, TYPE, ""))
        && flag(step, "use_regex", true) == regex
        && !flag(step, "add_prefix_space", true);
  }

  private static Optional<WordPattern> split(JsonObject step) {
    if (!"Split".equals(text(step, TYPE, ""))
        || !"Isolated".equals(text(step, "behavior", ""))
        || flag(step, "invert", false)
        || !(step.get("pattern") instanceof JsonObject pattern)) {
      return Optional.empty();
    }
    return switch (text(pattern, "Regex", "")) {
      case Llama3Words.LLAMA3 -> Optional.of(new Llama3Words(3));
      case Llama3Words.QWEN -> Optional.of(new Llama3Words(1));
      default -> Optional.empty();
    };
  }

  /** Empty where a merge is of tokens that there are not. */
  private static Optional<MergeTable> table(JsonArray merges, Map<String, Integer> ids) {
    MergeTable table = new MergeTable(merges.size());
    for (int place = 0; place < merges.size(); place++) {
      List<String> pair = pair(merges.get(place));
      if (pair.size() != 2) {
        return Optional.empty();
      }
      Integer left = ids.get(pair.getFirst());
      Integer right = ids.get(pair.getLast());
      Integer merged = ids.get(pair.getFirst() + pair.getLast());
      if (left == null || right == null || merged == null) {
        return Optional.empty();
      }
      table.put(left, right, place, merged);
    }
    return Optional.of(table);
  }

  private static List<String> pair(JsonElement merge) {
    return merge instanceof JsonArray both
        ? both.asList().stream().map(JsonElement::getAsString).toList()
        : List.of(merge.getAsString().split(" ", -1));
  }

  private static boolean is(JsonObject json, String key, JsonElement value) {
    return !json.has(key) || json.get(key).equals(value);
  }

  private static String text(JsonObject json, String key, String whereUnset) {
    JsonElement value = json.get(key);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : whereUnset;
  }

  private static boolean flag(JsonObject json, String key, boolean whereUnset) {
    JsonElement value = json.get(key);
    return value != null && value.isJsonPrimitive() ? value.getAsBoolean() : whereUnset;
  }
}
