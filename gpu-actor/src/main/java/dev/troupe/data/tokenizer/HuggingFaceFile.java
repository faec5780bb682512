package dev.troupe.data.tokenizer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.troupe.data.bpe.BpeEncoder;
import dev.troupe.data.bpe.BpeReader;
import dev.troupe.data.digest.Sha256;
import dev.troupe.data.djl.HuggingFaceEncoder;
import dev.troupe.data.encode.Encoder;
import dev.troupe.proto.error.TroupeException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Reads a {@code tokenizer.json} of the Hugging Face {@code tokenizers} library. */
final class HuggingFaceFile {
  private final TokenizerPath path;
  private final String fingerprint;
  private final Map<String, Integer> ids = new HashMap<>();
  private final Set<String> special = new LinkedHashSet<>();
  private final Set<String> added = new LinkedHashSet<>();

  private HuggingFaceFile(TokenizerPath path, String fingerprint) {
    this.path = path;
    this.fingerprint = fingerprint;
  }

  /**
   * Reads it.
   *
   * @throws TroupeException (data) where it is damaged or of a kind that is not understood; (usage)
   *     where it is not clear which token ends a document
   */
  static Tokenizer open(TokenizerPath path, SpecialTokens.Wanted wanted) {
    byte[] bytes = path.read();
    try {
      JsonObject json = JsonText.object(path.file(), bytes);
      HuggingFaceFile file = new HuggingFaceFile(path, Sha256.of(bytes));
      return new FileTokenizer(path, file.fingerprint, file.contents(json, wanted));
    } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
      throw unusable(path, e);
    }
  }

  private static TroupeException unusable(TokenizerPath path, RuntimeException why) {
    return TroupeException.data(
        "data.tokenizer: %s cannot be used: %s; give the tokenizer.json of a LLaMA, or of another byte-level or SentencePiece-like model"
            .formatted(path.file(), why.getMessage()));
  }

  private FileTokenizer.Contents contents(JsonObject json, SpecialTokens.Wanted wanted) {
    readModel(JsonText.child(json, "model"));
    readAdded(json);
    if (ids.isEmpty()) {
      throw new IllegalArgumentException("it has no vocabulary");
    }
    TokenDecoder decoder = new TokenDecoder(JsonText.child(json, "decoder"));
    SpecialTokens ends =
        SpecialTokens.find(
            path.file().toString(), ids, special, FilesBeside.read(path.file(), ids), wanted);
    return new FileTokenizer.Contents(
        bytes(decoder, ends), ends, decoder.dropsFirstSpace(), encoder(false), encoder(true));
  }

  /**
   * Ours where it knows the kind: it is many times as fast as the library, which knows all.
   *
   * <p>The file is read again, so that its many objects are not kept by those who encode nothing.
   */
  private Supplier<Encoder> encoder(boolean next) {
    return () -> {
      JsonObject json = JsonText.object(path.file(), path.readAgain(fingerprint));
      EncoderJson.prepare(json, special, next);
      Optional<BpeEncoder> own =
          EncoderJson.looksForTokens(json) ? Optional.empty() : BpeReader.read(json);
      try {
        return own.isPresent() ? own.get() : HuggingFaceEncoder.of(json.toString());
      } catch (IllegalArgumentException e) {
        throw unusable(path, e);
      }
    };
  }

  private void readModel(JsonObject model) {
    JsonElement vocab = model.get("vocab");
    if (vocab instanceof JsonObject byName) {
      byName.asMap().forEach((token, id) -> ids.put(token, id.getAsInt()));
    } else if (vocab instanceof JsonArray byId) { // Unigram: [piece, score]
      for (int id = 0; id < byId.size(); id++) {
        ids.put(byId.get(id).getAsJsonArray().get(0).getAsString(), id);
      }
    }
  }

  private void readAdded(JsonObject json) {
    if (json.get("added_tokens") instanceof JsonArray tokens) {
      for (JsonElement each : tokens) {
        JsonObject token = each.getAsJsonObject();
        String content = JsonText.text(token, "content");
        ids.put(content, token.get("id").getAsInt());
        (JsonText.flag(token, "special", false) ? special : added).add(content);
      }
    }
  }

  private byte[][] bytes(TokenDecoder decoder, SpecialTokens ends) {
    int largest = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
    int smallest = ids.values().stream().mapToInt(Integer::intValue).min().orElse(-1);
    if (smallest < 0 || largest > 16 * ids.size()) {
      throw new IllegalArgumentException("its ids are from %d to %d".formatted(smallest, largest));
    }
    byte[][] bytes = new byte[largest + 1][0];
    ids.forEach(
        (token, id) -> {
          boolean silent =
              special.contains(token) || id == ends.eos() || id == ends.bos().orElse(-1);
          bytes[id] =
              silent
                  ? new byte[0]
                  : added.contains(token)
                      ? token.getBytes(StandardCharsets.UTF_8)
                      : decoder.bytes(token);
        });
    return bytes;
  }
}
