package dev.troupe.proto.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.troupe.proto.spec.BlendSpec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes the record of a blend from its values. */
final class BlendReader {
  private static final String KEY = "data.blend";
  private static final String EXPECTED =
      "a list of sources in a job file, e.g. [{ path = web.jsonl, weight = 0.67, name = web }]";
  private static final Config NOTHING_SET =
      ConfigFactory.parseString("path = null, weight = null, name = null, epochs = 0");

  private final Fields fields;

  BlendReader(Fields fields) {
    this.fields = fields;
  }

  BlendSpec read() {
    return new BlendSpec(
        fields.sections(KEY, NOTHING_SET, EXPECTED).stream().map(BlendReader::source).toList(),
        fields.flag("data.source-tag"));
  }

  private static BlendSpec.Source source(Fields source) {
    String path = source.text("path");
    @Nullable String name = source.optionalText("name");
    return new BlendSpec.Source(
        path, source.number("weight"), name == null ? end(path) : name, source.number("epochs"));
  }

  /** The last name of a path, without what its kind adds. */
  private static String end(String path) {
    Path last = Path.of(path).toAbsolutePath().normalize().getFileName();
    return last == null ? path : last.toString().replaceFirst("\\.(txt|jsonl|bin|idx)$", "");
  }
}
