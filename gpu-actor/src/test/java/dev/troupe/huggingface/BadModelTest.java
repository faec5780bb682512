package dev.troupe.huggingface;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.checkpoint.SafetensorsTensor;
import dev.troupe.checkpoint.SafetensorsType;
import dev.troupe.huggingface.ModelCopy.Content;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that cannot be imported: each error names file, field or tensor, and what would do. */
class BadModelTest {
  private static final String NORM = "model.norm.weight";
  private static final String HEAD = "lm_head.weight";
  private static final String SECOND = "model-00002-of-00003.safetensors";

  @TempDir Path folder;

  private ModelCopy copy(String fixture) throws IOException {
    return ModelCopy.of(fixture, folder.resolve("model"));
  }

  /** Refused with one line that has all parts, and nothing is left. */
  private void refused(ModelCopy model, String... parts) {
    Path out = folder.resolve("out");
    TroupeException refused =
        assertThrows(
            TroupeException.class,
            () -> {
              try (CheckpointImport source = CheckpointImport.open(model.folder())) {
                source.write(out, "bytes", Map.of(), "", (done, total) -> {});
              }
            });
    String message = String.valueOf(refused.getMessage());
    assertEquals(Category.DATA, refused.category(), message);
    assertEquals(1, message.lines().count(), message);
    for (String part : parts) {
      assertTrue(message.contains(part), () -> message + "\nlacks\n" + part);
    }
    assertFalse(Files.exists(out));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"architectures": ["GPT2LMHeadModel"]}  | architectures = ["GPT2LMHeadModel"]; LlamaForCausalLM
          {"architectures": null, "model_type": "qwen2"} | model_type = "qwen2"; LlamaForCausalLM
          {"attention_bias": true}                | attention_bias = true; false
          {"mlp_bias": true}                      | mlp_bias = true; false
          {"hidden_act": "gelu"}                  | hidden_act = "gelu"; silu
          {"attention_dropout": 0.1}              | attention_dropout = 0.1; 0
          {"quantization_config": {"bits": 4}}    | quantization_config = {"bits":4}; fp32
          {"head_dim": 32}                        | head_dim = 32; 16, hidden_size / num_attention_heads
          {"partial_rotary_factor": 0.5}          | partial_rotary_factor = 0.5
          {"rope_parameters": {"rope_type": "yarn", "factor": 4}} | rope_parameters.rope_type = "yarn"; default or llama3
          {"rope_parameters": null, "rope_scaling": {"type": "linear", "factor": 2}} | rope_scaling.type = "linear"; default or llama3
          {"rope_parameters": {"rope_type": "llama3", "factor": 8}} | rope_parameters.low_freq_factor
          {"rope_parameters": {"rope_type": "llama3", "factor": 0.5, "low_freq_factor": 1, "high_freq_factor": 4}} | model.rope-scaling.factor = 0.5
          {"num_attention_heads": 5}              | config.json; not divisible; = 5
          {"num_hidden_layers": 2.5}              | num_hidden_layers = 2.5; a whole number
          {"hidden_size": "wide"}                 | hidden_size = "wide"; a whole number
          {"hidden_size": null}                   | no hidden_size; whole model
          {"vocab_size": 300}                     | model.embed_tokens.weight; [260, 64]; [300, 64]
          {"num_hidden_layers": 3}                | no file has tensor model.layers.2.
          {"num_hidden_layers": 1}                | no tensor model.layers.1.
          {"tie_word_embeddings": true}           | lm_head.weight differs from model.embed_tokens.weight
          """)
  void namesTheFieldAndItsValue(String fields, String parts) throws IOException {
    refused(copy("llama-gqa").configure(fields), parts.split("; ", -1));
  }

  @Test
  void settingsThatAreNoJson() throws IOException {
    ModelCopy model = copy("llama-tied");
    Files.writeString(model.file("config.json"), "[1, 2");
    refused(model, "config.json is no JSON object");
    Files.delete(model.file("config.json"));
    refused(model, "config.json", "Check the path");
  }

  @Test
  void aShardThatIsMissingOrCutShort() throws IOException {
    ModelCopy model = copy("llama-gqa");
    byte[] whole = Files.readAllBytes(model.file(SECOND));
    Files.write(model.file(SECOND), Arrays.copyOf(whole, whole.length - 1));
    refused(model, SECOND + " is not a valid safetensors file");
    Files.delete(model.file(SECOND));
    refused(model, SECOND + " is missing", WeightFiles.INDEX, "Download");
  }

  @Test
  void anIndexThatNamesAFileElsewhere() throws IOException {
    ModelCopy model = copy("llama-gqa");
    model.edit(
        WeightFiles.INDEX,
        json -> json.getAsJsonObject("weight_map").addProperty(NORM, "../" + SECOND));
    refused(model, WeightFiles.INDEX, NORM, "../" + SECOND, "same folder");
  }

  @Test
  void anIndexThatNamesTheWrongShard() throws IOException {
    ModelCopy model = copy("llama-gqa");
    model.edit(
        WeightFiles.INDEX, json -> json.getAsJsonObject("weight_map").addProperty(HEAD, SECOND));
    refused(model, SECOND + " lacks tensor " + HEAD);
  }

  @Test
  void noSafetensorsAtAll() throws IOException {
    ModelCopy model = copy("llama-tied");
    Files.move(model.file("model.safetensors"), model.file("pytorch_model.bin"));
    refused(model, "neither model.safetensors nor", ".bin", "save_pretrained");
  }

  @Test
  void aTensorTooManyOrThereTwice() throws IOException {
    ModelCopy model = copy("llama-gqa");
    model.rewrite(SECOND, tensors -> tensors.put("extra", vector("extra")));
    refused(model, SECOND, "no tensor extra");
    model.rewrite(
        SECOND,
        tensors -> {
          tensors.remove("extra");
          tensors.put(HEAD, vector(HEAD));
        });
    refused(model, "tensor " + HEAD + " is in", SECOND);
  }

  @Test
  void aWrongShapeOrType() throws IOException {
    ModelCopy model = copy("llama-gqa");
    model.rewrite(SECOND, tensors -> tensors.put(NORM, vector(NORM)));
    refused(model, SECOND, NORM, "[2]", "[64]");
    SafetensorsTensor ints = SafetensorsTensor.of(NORM, SafetensorsType.I16, 64);
    model.rewrite(SECOND, tensors -> tensors.put(NORM, new Content(ints, new byte[128])));
    refused(model, SECOND, NORM, "I16", "BF16");
  }

  /** In fp32, bf16 and fp16: 0x7fc0.... , 0x7f80 (infinite), 0xfe00. */
  @ParameterizedTest
  @CsvSource({
    "llama-tied, model.safetensors, 7fc00000, NaN",
    "llama-gqa, model-00002-of-00003.safetensors, 7f80, Infinity",
    "mistral, model.safetensors, fe00, NaN"
  })
  void aWeightThatIsNotFinite(String fixture, String file, String bits, String shown)
      throws IOException {
    String tensor = "model.layers.1.mlp.down_proj.weight";
    ModelCopy model = copy(fixture);
    model.rewrite(file, tensors -> spoil(ModelCopy.find(tensors, tensor), bits));
    refused(model, file, tensor, shown, "row 1, column 2");
  }

  /** Sets the element at row 1, column 2, little-endian. */
  private static void spoil(Content content, String bits) {
    int size = content.tensor().type().bytes();
    int at = (int) (content.tensor().shape().getLast() + 2) * size;
    for (int i = 0; i < size; i++) {
      content.bytes()[at + i] =
          (byte) Integer.parseInt(bits, 2 * (size - 1 - i), 2 * (size - i), 16);
    }
  }

  @Test
  void aFolderThatIsInUseIsLeftAlone() throws IOException {
    Path out = folder.resolve("out");
    Files.createDirectories(out);
    Files.writeString(out.resolve("mine"), "x");
    try (ModelFixture fixture = new ModelFixture("llama-tied")) {
      TroupeException refused = assertThrows(TroupeException.class, () -> fixture.imported(out));
      assertEquals(Category.USAGE, refused.category());
      assertTrue(String.valueOf(refused.getMessage()).contains(out + " has files in it"));
    }
    assertEquals("x", Files.readString(out.resolve("mine")));
  }

  @Test
  void oldFrequenciesAndATiedHeadAreNoWeights() throws IOException {
    ModelCopy model = copy("llama-tied");
    model.rewrite(
        "model.safetensors",
        tensors -> {
          Content embedding = ModelCopy.find(tensors, "model.embed_tokens.weight");
          SafetensorsTensor head =
              new SafetensorsTensor(HEAD, SafetensorsType.F32, embedding.tensor().shape());
          tensors.put(HEAD, new Content(head, embedding.bytes()));
          String frequencies = "model.layers.0.self_attn.rotary_emb.inv_freq";
          tensors.put(frequencies, vector(frequencies));
        });
    try (CheckpointImport source = CheckpointImport.open(model.folder())) {
      assertTrue(
          Files.exists(source.write(folder.resolve("out"), "bytes", Map.of(), "", (d, t) -> {})));
    }
  }

  private static Content vector(String name) {
    return new Content(SafetensorsTensor.of(name, SafetensorsType.F32, 2), new byte[8]);
  }
}
