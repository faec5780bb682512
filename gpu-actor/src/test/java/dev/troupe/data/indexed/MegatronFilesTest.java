package dev.troupe.data.indexed;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.data.testing.Streams;
import dev.troupe.proto.error.Category;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that Megatron-LM's own code wrote; deploy/src/main/python/megatron_data.py made them. */
class MegatronFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "uint8",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint16",
        "sentences",
        "merged",
      })
  void reads(String name) throws IOException, URISyntaxException {
    JsonArray documents = contents().getAsJsonArray(name);
    try (Arena arena = Arena.ofConfined()) {
      IndexedDataset dataset = IndexedDataset.open(fixture(name), name, arena);
      assertEquals(documents.size(), dataset.documents());
      for (int d = 0; d < documents.size(); d++) {
        assertArrayEquals(tokens(documents.get(d)), Streams.document(dataset, d));
      }
    }
  }

  @Test
  void writesTheSameBytes() throws IOException, URISyntaxException {
    for (String name : new String[] {"uint8", "int8", "int16", "int32", "int64", "uint16"}) {
      Path prefix = folder.resolve(name);
      try (var writer =
          new IndexedDatasetWriter(prefix, Enum.valueOf(TokenType.class, upper(name)))) {
        for (JsonElement document : contents().getAsJsonArray(name)) {
          int[] tokens = tokens(document);
          writer.add(tokens, 0, tokens.length);
          writer.endDocument();
        }
        writer.publish();
      }
      for (String suffix : new String[] {IndexedDataset.BIN, IndexedDataset.IDX}) {
        assertArrayEquals(
            Files.readAllBytes(IndexedDataset.withSuffix(fixture(name), suffix)),
            Files.readAllBytes(IndexedDataset.withSuffix(prefix, suffix)),
            name + suffix);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"float32, floating-point", "float64, floating-point", "multimodal, multimodal"})
  void refusesWhatIsNotText(String name, String why) {
    try (Arena arena = Arena.ofConfined()) {
      assertFails(
          Category.DATA,
          () -> IndexedDataset.open(fixture(name), name, arena),
          name + IndexedDataset.IDX,
          why);
    }
  }

  private static String upper(String name) {
    return name.toUpperCase(Locale.ROOT);
  }

  private static int[] tokens(JsonElement document) {
    return StreamSupport.stream(document.getAsJsonArray().spliterator(), false)
        .flatMapToInt(MegatronFilesTest::sequence)
        .toArray();
  }

  private static IntStream sequence(JsonElement sequence) {
    return StreamSupport.stream(sequence.getAsJsonArray().spliterator(), false)
        .mapToInt(JsonElement::getAsInt);
  }

  private static JsonObject contents() throws IOException, URISyntaxException {
    return JsonParser.parseString(Files.readString(fixture("documents.json"))).getAsJsonObject();
  }

  private static Path fixture(String name) throws URISyntaxException {
    URL all = MegatronFilesTest.class.getResource("/megatron/documents.json");
    return Path.of(Objects.requireNonNull(all).toURI()).resolveSibling(name);
  }
}
