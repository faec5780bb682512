package dev.troupe.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Locale;

/** The JSON form of a {@link ShardFile}, in a rank's index file and in the manifest. */
final class ShardIndex {
  /** Version of the layout of index and manifest; another one is refused. */
  static final int FORMAT = 1;

  private ShardIndex() {}

  static JsonObject toJson(ShardFile file) {
    JsonArray slices = new JsonArray(file.slices().size());
    file.slices().forEach(slice -> slices.add(toJson(slice)));
    JsonObject json = new JsonObject();
    json.addProperty("rank", file.rank());
    json.addProperty("file", file.name());
    json.addProperty("size", file.size());
    json.addProperty("header_bytes", file.headerBytes());
    json.addProperty("header_sha256", file.headerSha256());
    json.add("slices", slices);
    return json;
  }

  static ShardFile fromJson(JsonFields json) {
    return new ShardFile(
        json.smallNumber("rank"),
        json.text("file"),
        json.wholeNumber("size"),
        json.wholeNumber("header_bytes"),
        json.text("header_sha256"),
        json.list("slices").stream().map(ShardIndex::slice).toList());
  }

  /** The bytes of a rank's index file. */
  static byte[] seal(ShardFile file) {
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.add("shard", toJson(file));
    return SealedJson.seal(json);
  }

  /** What a rank's index file says. */
  static ShardFile open(Path path, byte[] bytes) {
    JsonFields json = SealedJson.open(path, bytes);
    try {
      requireFormat(json);
      return fromJson(json.fields("shard"));
    } catch (IllegalArgumentException | ArithmeticException malformed) {
      throw Damage.checkpoint(path, String.valueOf(malformed.getMessage()));
    }
  }

  /** Refuses the files of another version. */
  static void requireFormat(JsonFields json) {
    int format = json.smallNumber("format");
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "its format is %d and this version of Troupe reads %d".formatted(format, FORMAT));
    }
  }

  private static JsonObject toJson(Slice slice) {
    Region region = slice.region();
    JsonObject json = new JsonObject();
    json.addProperty("kind", slice.kind().name().toLowerCase(Locale.ROOT));
    json.addProperty("tensor", region.tensor());
    json.addProperty("row", region.row());
    json.addProperty("rows", region.rows());
    json.addProperty("col", region.col());
    json.addProperty("cols", region.cols());
    json.addProperty("offset", slice.offset());
    json.addProperty("bytes", region.bytes());
    json.addProperty("sha256", slice.sha256());
    return json;
  }

  private static Slice slice(JsonFields json) {
    Region region =
        new Region(
            json.text("tensor"),
            json.wholeNumber("row"),
            json.wholeNumber("rows"),
            json.wholeNumber("col"),
            json.wholeNumber("cols"));
    if (json.wholeNumber("bytes") != region.bytes()) {
      throw new IllegalArgumentException(region + " has another size than its rectangle");
    }
    StateKind kind = StateKind.valueOf(json.text("kind").toUpperCase(Locale.ROOT));
    return new Slice(kind, region, json.wholeNumber("offset"), json.text("sha256"));
  }
}
