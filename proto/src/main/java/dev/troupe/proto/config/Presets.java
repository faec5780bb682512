package dev.troupe.proto.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.troupe.proto.error.TroupeException;
import java.util.Set;
import java.util.TreeSet;

/** Named sets of model dimensions, kept in {@code presets.conf}. */
public final class Presets {
  /** Sections that presets are made of and that are none themselves. */
  private static final Set<String> FAMILIES = Set.of("llama1", "llama2", "llama3");

  private Presets() {}

  /** The names, sorted. */
  public static Set<String> names() {
    Set<String> names = new TreeSet<>(Reference.resource("presets.conf").root().keySet());
    names.removeAll(FAMILIES);
    return names;
  }

  /** The preset's keys under {@code model}. */
  static Config model(String name, String where) {
    Set<String> names = names();
    if (!names.contains(name)) {
      throw TroupeException.usage(
          "%s: model.preset = %s is not known; did you mean %s? There are: %s"
              .formatted(where, name, Nearest.of(name, names), String.join(", ", names)));
    }
    Config model = ConfigFactory.empty();
    for (var entry : Reference.resource("presets.conf").getConfig('"' + name + '"').entrySet()) {
      Object value = entry.getValue().unwrapped();
      model =
          model.withValue(
              "model." + entry.getKey(),
              ConfigValueFactory.fromAnyRef(value, Location.PRESET + name));
    }
    return model;
  }
}
