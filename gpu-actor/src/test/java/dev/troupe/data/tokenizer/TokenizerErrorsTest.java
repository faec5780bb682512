package dev.troupe.data.tokenizer;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.proto.error.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokenizer files that cannot be used, and files that leave open what ends a document. */
class TokenizerErrorsTest {
  private static final String TWO_ENDS =
      """
      {"added_tokens": [
         {"id": 2, "content": "</s>", "special": true},
         {"id": 3, "content": "<|endoftext|>", "special": true}],
       "decoder": {"type": "ByteLevel"},
       "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}}
      """;

  @TempDir private Path folder;

  @Test
  void aMissingFileIsNamedWithWhatThereIs() {
    assertFails(Category.USAGE, () -> Tokenizers.open("gpt2"), "\"gpt2\"", "bytes", ".model");
    assertFails(Category.USAGE, () -> Tokenizers.open("\0"), "bytes");
    assertFails(
        Category.USAGE,
        () -> Tokenizers.open(folder.toString()),
        folder.toString(),
        "tokenizer.json");
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    Path json = write("tokenizer.json", "{\"model\": ");
    assertFails(Category.DATA, () -> Tokenizers.open(json.toString()), json + " is not JSON");
    Path list = write("list.json", "[1]");
    assertFails(Category.DATA, () -> Tokenizers.open(list.toString()), list + " is not a JSON");
    Path empty = write("empty.json", "{}");
    assertFails(Category.DATA, () -> Tokenizers.open(empty.toString()), empty.toString(), "vocab");
    byte[] model = Files.readAllBytes(TokenizerFixtures.path("pieces.model"));
    Path cut = folder.resolve("cut.model");
    Files.write(cut, Arrays.copyOf(model, model.length - 100));
    assertFails(Category.DATA, () -> Tokenizers.open(cut.toString()), cut.toString(), "too early");
    Path ranks = write("ranks.model", "IQ== 0\nIg== 1\nIw== 2\n");
    assertFails(Category.DATA, () -> Tokenizers.open(ranks.toString()), "Llama 3", ".json");
  }

  @Test
  void aDecoderOfAnotherKindIsNamed() throws IOException {
    Path json = write("tokenizer.json", TWO_ENDS.replace("ByteLevel", "WordPiece"));
    assertFails(
        Category.DATA, () -> Tokenizers.open(json.toString()), "WordPiece", json.toString());
  }

  /** What only the library finds comes out when text is first encoded. */
  @Test
  void whatTheLibraryRefusesIsNamed() throws IOException {
    Path json = write("tokenizer.json", TWO_ENDS.replace("\"BPE\"", "\"ABC\""));
    Tokenizer tokenizer = Tokenizers.open(json.toString(), null, "</s>");
    assertFails(Category.DATA, () -> tokenizer.encode("a"), json.toString());
  }

  @Test
  void anAmbiguousEndOfDocumentAsksForASetting() throws IOException {
    Path json = write("tokenizer.json", TWO_ENDS);
    assertFails(
        Category.USAGE,
        () -> Tokenizers.open(json.toString()),
        json.toString(),
        "data.eos",
        "</s>, <|endoftext|>");
    assertEquals(3, Tokenizers.open(json.toString(), null, "<|endoftext|>").endOfDocument());
  }

  @Test
  void theFilesBesideItDecide() throws IOException {
    String json = write("tokenizer.json", TWO_ENDS).toString();
    write("generation_config.json", "{\"bos_token_id\": 3, \"eos_token_id\": [3, 2]}");
    assertEnds(json, OptionalInt.of(3), 3);
    write("special_tokens_map.json", "{\"eos_token\": {\"content\": \"</s>\"}}");
    assertEnds(json, OptionalInt.of(3), 2);
    write("tokenizer_config.json", "{\"eos_token\": \"<|endoftext|>\", \"add_bos_token\": false}");
    assertEnds(json, OptionalInt.empty(), 3);
  }

  private static void assertEnds(String json, OptionalInt bos, int eos) {
    Tokenizer tokenizer = Tokenizers.open(json);
    assertEquals(bos, tokenizer.beginOfDocument());
    assertEquals(eos, tokenizer.endOfDocument());
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
