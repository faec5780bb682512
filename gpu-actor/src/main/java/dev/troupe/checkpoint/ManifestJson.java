package dev.troupe.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.RopeScaling;
import java.nio.file.Path;

/** The JSON form of a {@link Manifest}. */
final class ManifestJson {
  private ManifestJson() {}

  /** The bytes of the manifest's file. */
  static byte[] seal(Manifest manifest) {
    CheckpointInfo info = manifest.info();
    JsonObject json = new JsonObject();
    json.addProperty("format", ShardIndex.FORMAT);
    json.addProperty("step", info.step());
    json.addProperty("epoch", info.epoch());
    json.addProperty("tokens", info.tokens());
    json.addProperty("tokenizer", info.tokenizer());
    json.add("model", model(info.model()));
    json.addProperty("job", info.job());
    JsonArray shards = new JsonArray(manifest.shards().size());
    for (Manifest.Shard shard : manifest.shards()) {
      JsonObject entry = ShardIndex.toJson(shard.file());
      entry.addProperty("index_sha256", shard.indexSha256());
      shards.add(entry);
    }
    json.add("shards", shards);
    return SealedJson.seal(json);
  }

  /**
   * What a manifest's file says, checked as a whole.
   *
   * @throws dev.troupe.proto.error.TroupeException naming the file and what is wrong with it
   */
  static Manifest open(Path path, byte[] bytes) {
    JsonFields json = SealedJson.open(path, bytes);
    try {
      ShardIndex.requireFormat(json);
      return Manifest.of(
          info(json), json.list("shards").stream().map(ManifestJson::shard).toList());
    } catch (IllegalArgumentException | ArithmeticException malformed) {
      throw Damage.checkpoint(path, String.valueOf(malformed.getMessage()));
    }
  }

  private static Manifest.Shard shard(JsonFields json) {
    return new Manifest.Shard(ShardIndex.fromJson(json), json.text("index_sha256"));
  }

  private static CheckpointInfo info(JsonFields json) {
    return new CheckpointInfo(
        json.wholeNumber("step"),
        json.wholeNumber("epoch"),
        model(json.fields("model")),
        json.text("job"),
        json.text("tokenizer"),
        json.wholeNumber("tokens"));
  }

  private static JsonObject model(ModelSpec model) {
    JsonObject json = new JsonObject();
    json.addProperty("preset", model.preset());
    json.addProperty("hidden", model.hidden());
    json.addProperty("layers", model.layers());
    json.addProperty("heads", model.heads());
    json.addProperty("kv_heads", model.kvHeads());
    json.addProperty("ffn", model.ffn());
    json.addProperty("vocab", model.vocab());
    json.addProperty("max_seq", model.maxSeq());
    json.addProperty("norm_eps", model.normEps());
    json.addProperty("rope_base", model.ropeBase());
    json.addProperty("tied_head", model.tiedHead());
    RopeScaling scaling = model.ropeScaling();
    if (scaling != null) {
      JsonObject rope = new JsonObject();
      rope.addProperty("factor", scaling.factor());
      rope.addProperty("low_freq_factor", scaling.lowFreqFactor());
      rope.addProperty("high_freq_factor", scaling.highFreqFactor());
      rope.addProperty("original_max_seq", scaling.originalMaxSeq());
      json.add("rope_scaling", rope);
    }
    return json;
  }

  private static ModelSpec model(JsonFields json) {
    return new ModelSpec(
        json.text("preset"),
        json.smallNumber("hidden"),
        json.smallNumber("layers"),
        json.smallNumber("heads"),
        json.smallNumber("kv_heads"),
        json.smallNumber("ffn"),
        json.smallNumber("vocab"),
        json.smallNumber("max_seq"),
        json.number("norm_eps"),
        json.number("rope_base"),
        json.flag("tied_head"),
        json.object().has("rope_scaling") ? ropeScaling(json.fields("rope_scaling")) : null);
  }

  private static RopeScaling ropeScaling(JsonFields json) {
    return new RopeScaling(
        json.number("factor"),
        json.number("low_freq_factor"),
        json.number("high_freq_factor"),
        json.smallNumber("original_max_seq"));
  }
}
