package dev.troupe.huggingface;

import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.InvalidFieldException;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.RopeScaling;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a model's {@code config.json}, as transformers 4 and 5 write it. What {@code
 * LlamaForCausalLM} and {@code MistralForCausalLM} act upon and Troupe does not do is refused; what
 * they do not act upon is passed over.
 */
final class ConfigReader {
  /** What an absent field means: transformers' own defaults. */
  private enum Family {
    LLAMA("llama", "LlamaForCausalLM", 2048, 0, Optional.empty()),
    MISTRAL("mistral", "MistralForCausalLM", 131_072, 8, Optional.of(4096));

    private final String type;
    private final String architecture;
    private final int positions;
    private final int kvHeads;
    private final Optional<Integer> window;

    Family(String type, String architecture, int positions, int kvHeads, Optional<Integer> window) {
      this.type = type;
      this.architecture = architecture;
      this.positions = positions;
      this.kvHeads = kvHeads;
      this.window = window;
    }
  }

  private static final double DEFAULT_NORM_EPS = 1e-6;
  private static final double DEFAULT_ROPE_BASE = 10_000;

  private final ConfigFields fields;
  private final Family family;

  private ConfigReader(ConfigFields fields) {
    this.fields = fields;
    this.family = family(fields);
  }

  /**
   * What a file describes.
   *
   * @throws TroupeException naming the field that is missing, or that Troupe cannot follow
   */
  static ModelConfig read(Path file) {
    ConfigReader reader = new ConfigReader(ConfigFields.read(file));
    reader.refuseWhatChangesTheModel();
    try {
      return reader.config();
    } catch (InvalidFieldException unfit) {
      throw TroupeException.data(
          file + " describes a model that Troupe cannot train: " + unfit.getMessage());
    }
  }

  private static Family family(ConfigFields fields) {
    List<String> architectures = fields.texts("architectures");
    Optional<String> type = fields.text("model_type");
    for (Family family : Family.values()) {
      boolean named =
          architectures.isEmpty()
              ? type.equals(Optional.of(family.type))
              : architectures.getFirst().equals(family.architecture);
      if (named) {
        return family;
      }
    }
    throw fields.wrong(
        architectures.isEmpty() ? "model_type" : "architectures",
        "LlamaForCausalLM or MistralForCausalLM (llama or mistral)");
  }

  private void refuseWhatChangesTheModel() {
    if (!List.of("silu", "swish").contains(fields.text("hidden_act").orElse("silu"))) {
      throw fields.wrong("hidden_act", "silu");
    }
    for (String bias : List.of("attention_bias", "mlp_bias")) {
      if (fields.flag(bias)) {
        throw fields.wrong(bias, "false");
      }
    }
    if (fields.number("attention_dropout").orElse(0.0) != 0) {
      throw fields.wrong("attention_dropout", "0");
    }
    if (fields.find("quantization_config").isPresent()) {
      throw fields.wrong("quantization_config", "absent: give the model in bf16, fp16 or fp32");
    }
    if (fields.number("partial_rotary_factor").orElse(1.0) != 1) {
      throw fields.wrong("partial_rotary_factor", "1");
    }
  }

  private ModelConfig config() {
    int hidden = fields.count("hidden_size");
    int heads = fields.count("num_attention_heads");
    int positions = fields.count("max_position_embeddings", family.positions);
    Optional<Integer> window = window().filter(width -> width < positions);
    ModelSpec model =
        new ModelSpec(
            "imported",
            hidden,
            fields.count("num_hidden_layers"),
            heads,
            fields.count("num_key_value_heads", family.kvHeads == 0 ? heads : family.kvHeads),
            fields.count("intermediate_size"),
            fields.count("vocab_size"),
            window.orElse(positions),
            fields.number("rms_norm_eps").orElse(DEFAULT_NORM_EPS),
            ropeBase(),
            fields.flag("tie_word_embeddings"),
            ropeScaling(positions));
    Optional<Integer> width = fields.optionalCount("head_dim");
    if (width.isPresent() && width.get() != model.headDim()) {
      throw fields.wrong(
          "head_dim", "%d, hidden_size / num_attention_heads".formatted(model.headDim()));
    }
    return new ModelConfig(model, window.isPresent() ? positions : model.maxSeq());
  }

  /** Llama has none, whatever its file says. */
  private Optional<Integer> window() {
    if (family == Family.LLAMA) {
      return Optional.empty();
    }
    return fields.json().has("sliding_window")
        ? fields.optionalCount("sliding_window")
        : family.window;
  }

  private double ropeBase() {
    return fields
        .section("rope_parameters")
        .flatMap(rope -> rope.number("rope_theta"))
        .or(() -> fields.number("rope_theta"))
        .orElse(DEFAULT_ROPE_BASE);
  }

  private @Nullable RopeScaling ropeScaling(int positions) {
    ConfigFields rope =
        fields.section("rope_parameters").or(() -> fields.section("rope_scaling")).orElse(null);
    if (rope == null) {
      return null;
    }
    String key = rope.find("rope_type").isPresent() ? "rope_type" : "type";
    return switch (rope.text(key).orElse("default")) {
      case "default" -> null;
      case "llama3" ->
          new RopeScaling(
              required(rope, "factor"),
              required(rope, "low_freq_factor"),
              required(rope, "high_freq_factor"),
              rope.count("original_max_position_embeddings", positions));
      default -> throw rope.wrong(key, "default or llama3");
    };
  }

  private static double required(ConfigFields rope, String name) {
    return rope.number(name).orElseThrow(() -> rope.wrong(name, "a number"));
  }
}
