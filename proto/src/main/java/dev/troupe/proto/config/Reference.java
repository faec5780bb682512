package dev.troupe.proto.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/** The reference file: which keys there are, what they mean, and their defaults. */
final class Reference {
  private Reference() {}

  static Config load() {
    return resource("reference.conf");
  }

  /** Reads a file beside this class; its values count as written nowhere but there. */
  static Config resource(String name) {
    ConfigParseOptions options =
        ConfigParseOptions.defaults().setOriginDescription(Location.DEFAULT);
    try (InputStream stream = Reference.class.getResourceAsStream(name)) {
      Reader reader =
          new InputStreamReader(Objects.requireNonNull(stream, name), StandardCharsets.UTF_8);
      return ConfigFactory.parseReader(reader, options).resolve();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name + " of the program itself", e);
    }
  }

  /** The full keys, sections left out. */
  static SortedSet<String> keys() {
    return new TreeSet<>(leaves(load().root()).keySet());
  }

  /** Every value that is no section, unset ones included, by its full key. */
  static Map<String, ConfigValue> leaves(ConfigObject root) {
    Map<String, ConfigValue> found = new LinkedHashMap<>();
    collect(List.of(), root, found);
    return found;
  }

  private static void collect(
      List<String> prefix, ConfigObject section, Map<String, ConfigValue> found) {
    section.forEach(
        (name, value) -> {
          List<String> path = new ArrayList<>(prefix);
          path.add(name);
          if (value instanceof ConfigObject inner) {
            collect(path, inner, found);
          } else {
            found.put(ConfigUtil.joinPath(path), value);
          }
        });
  }
}
