package dev.troupe.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is imported and exported again is what it was. */
class RoundTripTest {
  private static final long MUCH = 1L << 40;
  private static final SpecialIds IDS = new SpecialIds(OptionalInt.of(1), 2);

  @TempDir Path folder;

  private List<String> export(Path checkpoint, Path out, long shard, Precision precision) {
    try (CheckpointReader reader = CheckpointReader.open(checkpoint)) {
      return CheckpointExport.write(
          reader,
          new CheckpointExport.Request(out, shard, precision, IDS, Map.of()),
          (done, total) -> assertTrue(done <= total));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "llama-gqa, BF16, 50000, 4",
    "llama-gqa, BF16, 100000000, 1",
    "llama-tied, FP32, 100000, 3",
    "llama31, BF16, 1, 20"
  })
  void tensorsAreByteEqualWhateverTheShards(String name, Precision precision, long shard, int files)
      throws IOException {
    try (ModelFixture fixture = new ModelFixture(name)) {
      Path checkpoint = fixture.imported(folder.resolve("in"));
      Path out = folder.resolve("out");
      List<String> written = export(checkpoint, out, shard, precision);
      assertEquals(files, written.size());
      assertSameTensors(ModelCopy.readAll(fixture.folder()), ModelCopy.readAll(out));
      for (String file : written) {
        Map<String, ModelCopy.Content> tensors = ModelCopy.read(out.resolve(file));
        long bytes = tensors.values().stream().mapToLong(content -> content.bytes().length).sum();
        assertTrue(bytes <= shard || tensors.size() == 1, file);
      }
      assertEquals(model(fixture.folder()), model(out));
    }
  }

  private static void assertSameTensors(
      Map<String, ModelCopy.Content> expected, Map<String, ModelCopy.Content> found) {
    assertEquals(new TreeSet<>(expected.keySet()), new TreeSet<>(found.keySet()));
    expected.forEach(
        (tensor, content) -> {
          assertEquals(content.tensor(), ModelCopy.find(found, tensor).tensor());
          assertArrayEquals(content.bytes(), ModelCopy.find(found, tensor).bytes(), tensor);
        });
  }

  private static ModelSpec model(Path folder) {
    return ConfigReader.read(folder.resolve("config.json")).model();
  }

  @Test
  void halfPrecisionIsExactInFloat32() throws IOException {
    try (ModelFixture fixture = new ModelFixture("mistral")) {
      Path out = folder.resolve("out");
      export(fixture.imported(folder.resolve("in")), out, MUCH, Precision.FP32);
      Map<String, ModelCopy.Content> halves = ModelCopy.readAll(fixture.folder());
      Map<String, ModelCopy.Content> floats = ModelCopy.readAll(out);
      assertEquals(new TreeSet<>(halves.keySet()), new TreeSet<>(floats.keySet()));
      halves.forEach(
          (name, half) -> {
            ByteBuffer from = ByteBuffer.wrap(half.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer to =
                ByteBuffer.wrap(ModelCopy.find(floats, name).bytes())
                    .order(ByteOrder.LITTLE_ENDIAN);
            while (from.hasRemaining()) {
              assertEquals(Float.float16ToFloat(from.getShort()), to.getFloat(), name);
            }
            assertFalse(to.hasRemaining());
          });
    }
  }

  @Test
  void theIndexNamesTheFileOfEveryTensor() throws IOException {
    try (ModelFixture fixture = new ModelFixture("llama-gqa")) {
      Path out = folder.resolve("out");
      List<String> files =
          export(fixture.imported(folder.resolve("in")), out, 50_000, Precision.BF16);
      JsonObject index =
          JsonParser.parseString(Files.readString(out.resolve(WeightFiles.INDEX)))
              .getAsJsonObject();
      assertEquals(2 * 95_040, index.getAsJsonObject("metadata").get("total_size").getAsLong());
      JsonObject map = index.getAsJsonObject("weight_map");
      for (String file : files) {
        Set<String> there = ModelCopy.read(out.resolve(file)).keySet();
        Set<String> told =
            map.entrySet().stream()
                .filter(entry -> entry.getValue().getAsString().equals(file))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertEquals(there, told, file);
      }
    }
  }

  @Test
  void tellsTheTokenizersIdsAndTakesItsFiles() throws IOException {
    try (ModelFixture fixture = new ModelFixture("llama-tied");
        CheckpointReader reader = CheckpointReader.open(fixture.imported(folder.resolve("in")))) {
      byte[] generation = "{\"eos_token_id\": [7, 8]}".getBytes(StandardCharsets.UTF_8);
      Path out = folder.resolve("out");
      CheckpointExport.write(
          reader,
          new CheckpointExport.Request(
              out,
              MUCH,
              Precision.FP32,
              new SpecialIds(OptionalInt.empty(), 256),
              Map.of("tokenizer.json", new byte[] {1, 2}, "generation_config.json", generation)),
          (done, total) -> {});
      JsonObject config =
          JsonParser.parseString(Files.readString(out.resolve("config.json"))).getAsJsonObject();
      assertEquals(256, config.get("eos_token_id").getAsInt());
      assertTrue(config.get("bos_token_id").isJsonNull());
      assertArrayEquals(new byte[] {1, 2}, Files.readAllBytes(out.resolve("tokenizer.json")));
      assertArrayEquals(generation, Files.readAllBytes(out.resolve("generation_config.json")));
    }
  }

  @Test
  void anExportThatFailsLeavesNothing() throws IOException {
    try (ModelFixture fixture = new ModelFixture("llama-gqa");
        CheckpointReader reader = CheckpointReader.open(fixture.imported(folder.resolve("in")))) {
      Path parent = folder.resolve("there");
      Path out = parent.resolve("out");
      IllegalStateException stop = new IllegalStateException("stop");
      CheckpointExport.Request request =
          new CheckpointExport.Request(out, 50_000, Precision.FP32, IDS, Map.of());
      assertEquals(
          stop,
          assertThrows(
              IllegalStateException.class,
              () ->
                  CheckpointExport.write(
                      reader,
                      request,
                      (done, total) -> {
                        if (done > total / 2) {
                          throw stop;
                        }
                      })));
      assertEquals(List.of(), names(parent));
      CheckpointExport.write(reader, request, (done, total) -> {});
      List<String> written = names(out);
      TroupeException again =
          assertThrows(
              TroupeException.class,
              () -> CheckpointExport.write(reader, request, (done, total) -> {}));
      assertTrue(String.valueOf(again.getMessage()).contains(out + " has files in it already"));
      assertEquals(written, names(out));
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
    }
  }
}
