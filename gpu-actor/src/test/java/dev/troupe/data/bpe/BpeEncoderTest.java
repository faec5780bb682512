package dev.troupe.data.bpe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.data.djl.HuggingFaceEncoder;
import dev.troupe.data.encode.Encoder;
import dev.troupe.data.tokenizer.TokenizerFixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The oracle is the {@code tokenizers} library. */
class BpeEncoderTest {
  private static JsonObject llama3() throws IOException {
    String text = Files.readString(TokenizerFixtures.path("llama3/tokenizer.json"));
    return plain(JsonParser.parseString(text).getAsJsonObject());
  }

  private static JsonObject learnt() {
    try (WordCounter counter = new WordCounter(1)) {
      counter.add(TokenizerFixtures.corpus());
      BpeVocabulary vocabulary =
          new BpeTrainer("<s>", "</s>").train(counter.counts(), 900, done -> {});
      return plain(JsonParser.parseString(BpeFile.write(vocabulary)).getAsJsonObject());
    }
  }

  /** Without what looks for special tokens in texts, and puts them around. */
  private static JsonObject plain(JsonObject json) {
    json.add("added_tokens", new JsonArray());
    json.add("post_processor", JsonNull.INSTANCE);
    return json;
  }

  private static List<String> texts() {
    String corpus = TokenizerFixtures.corpus();
    SplittableRandom random = new SplittableRandom(3);
    List<String> parts =
        List.of(
            "a", "é", "日", "1", "٣", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "'s", "'LL", "the",
            "😀", "\u0301", "\u0000", "!", "--", "\uffff");
    return IntStream.range(0, 3_000)
        .mapToObj(
            i -> {
              StringBuilder text = new StringBuilder();
              for (int k = random.nextInt(12); k >= 0; k--) {
                int at = random.nextInt(corpus.length() - 40);
                text.append(parts.get(random.nextInt(parts.size())))
                    .append(
                        random.nextInt(3) == 0
                            ? corpus.substring(at, at + random.nextInt(40))
                            : "");
              }
              return text.toString();
            })
        .filter(text -> text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF))
        .toList();
  }

  private static void assertSame(JsonObject json) {
    Encoder library = HuggingFaceEncoder.of(json.toString());
    Encoder ours = BpeReader.read(json).orElseThrow();
    for (String text : texts()) {
      assertArrayEquals(library.encode(text), ours.encode(text), text);
    }
    for (String word : List.of("a", " ", "ab", "日", "the", "\n")) {
      String text = word.repeat(4_000);
      assertArrayEquals(library.encode(text), ours.encode(text), word);
    }
    assertArrayEquals(
        library.encode(TokenizerFixtures.corpus()), ours.encode(TokenizerFixtures.corpus()));
    assertEquals(0, ours.encode("").length);
  }

  @Test
  void idsAreThoseOfTheLibraryWithGpt2sWords() {
    assertSame(learnt());
  }

  @Test
  void idsAreThoseOfTheLibraryWithLlama3sWords() throws IOException {
    JsonObject json = llama3();
    assertSame(json);
    json.getAsJsonObject("model").addProperty("ignore_merges", false);
    assertSame(json);
    JsonObject split =
        json.getAsJsonObject("pre_tokenizer")
            .getAsJsonArray("pretokenizers")
            .get(0)
            .getAsJsonObject();
    split.getAsJsonObject("pattern").addProperty("Regex", Llama3Words.QWEN);
    assertSame(json);
  }

  @Test
  void otherKindsAreLeftToTheLibrary() throws IOException {
    Map<String, Consumer<JsonObject>> changes =
        Map.of(
            "normalizer", json -> json.add("normalizer", new JsonObject()),
            "dropout", json -> json.getAsJsonObject("model").addProperty("dropout", 0.1),
            "type", json -> json.getAsJsonObject("model").addProperty("type", "WordPiece"),
            "fallback", json -> json.getAsJsonObject("model").addProperty("byte_fallback", true),
            "words",
                json -> json.getAsJsonObject("pre_tokenizer").addProperty("type", "Whitespace"),
            "a byte", json -> json.getAsJsonObject("model").getAsJsonObject("vocab").remove("a"));
    changes.forEach(
        (what, change) -> {
          JsonObject json = learnt();
          change.accept(json);
          assertTrue(BpeReader.read(json).isEmpty(), what);
        });
    String llama2 = Files.readString(TokenizerFixtures.path("llama2/tokenizer.json"));
    assertTrue(BpeReader.read(JsonParser.parseString(llama2).getAsJsonObject()).isEmpty());
  }
}
