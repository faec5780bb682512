package dev.troupe.huggingface;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.troupe.checkpoint.SafetensorsType;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.RopeScaling;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** Writes the JSON files of a model, under the names that transformers 4 and 5 both read. */
final class ConfigWriter {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().serializeNulls().disableHtmlEscaping().create();

  private ConfigWriter() {}

  /** config.json: a {@code LlamaForCausalLM}. */
  static byte[] config(ModelSpec model, SafetensorsType type, SpecialIds ids) {
    JsonArray architectures = new JsonArray();
    architectures.add("LlamaForCausalLM");
    JsonObject json = new JsonObject();
    json.add("architectures", architectures);
    json.addProperty("attention_bias", false);
    json.addProperty("attention_dropout", 0.0);
    add(json, ids);
    json.addProperty("head_dim", model.headDim());
    json.addProperty("hidden_act", "silu");
    json.addProperty("hidden_size", model.hidden());
    json.addProperty("initializer_range", 0.02);
    json.addProperty("intermediate_size", model.ffn());
    json.addProperty("max_position_embeddings", model.maxSeq());
    json.addProperty("mlp_bias", false);
    json.addProperty("model_type", "llama");
    json.addProperty("num_attention_heads", model.heads());
    json.addProperty("num_hidden_layers", model.layers());
    json.addProperty("num_key_value_heads", model.kvHeads());
    json.addProperty("pretraining_tp", 1);
    json.addProperty("rms_norm_eps", model.normEps());
    json.add("rope_scaling", model.ropeScaling() == null ? null : rope(model.ropeScaling()));
    json.addProperty("rope_theta", model.ropeBase());
    json.addProperty("tie_word_embeddings", model.tiedHead());
    json.addProperty("torch_dtype", type == SafetensorsType.BF16 ? "bfloat16" : "float32");
    json.addProperty("use_cache", true);
    json.addProperty("vocab_size", model.vocab());
    return bytes(json);
  }

  private static JsonObject rope(RopeScaling scaling) {
    JsonObject json = new JsonObject();
    json.addProperty("factor", scaling.factor());
    json.addProperty("high_freq_factor", scaling.highFreqFactor());
    json.addProperty("low_freq_factor", scaling.lowFreqFactor());
    json.addProperty("original_max_position_embeddings", scaling.originalMaxSeq());
    json.addProperty("rope_type", "llama3");
    return json;
  }

  /** generation_config.json: where generation ends. */
  static byte[] generation(SpecialIds ids) {
    JsonObject json = new JsonObject();
    json.addProperty("_from_model_config", true);
    add(json, ids);
    return bytes(json);
  }

  private static void add(JsonObject json, SpecialIds ids) {
    OptionalInt begin = ids.begin();
    json.addProperty("bos_token_id", begin.isPresent() ? begin.getAsInt() : null);
    json.addProperty("eos_token_id", ids.end());
  }

  /** The index of the shards. */
  static byte[] index(ShardPlan plan) {
    JsonObject metadata = new JsonObject();
    metadata.addProperty("total_size", plan.bytes());
    JsonObject map = new JsonObject();
    for (int file = 0; file < plan.files().size(); file++) {
      for (ModelTensor tensor : plan.files().get(file)) {
        map.addProperty(tensor.name(), plan.name(file));
      }
    }
    JsonObject json = new JsonObject();
    json.add("metadata", metadata);
    json.add("weight_map", map);
    return bytes(json);
  }

  private static byte[] bytes(JsonObject json) {
    return (GSON.toJson(json) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
