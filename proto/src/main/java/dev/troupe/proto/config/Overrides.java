package dev.troupe.proto.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.troupe.proto.error.TroupeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code key=value} arguments of a command line. Values are plain text, never HOCON. */
final class Overrides {
  private Overrides() {}

  /** Later arguments win over earlier ones. */
  static Config parse(List<String> arguments) {
    Config all = ConfigFactory.empty();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals <= 0) {
        throw TroupeException.usage(
            "argument %s is not of the form key=value, e.g. train.steps=200".formatted(argument));
      }
      String key = argument.substring(0, equals).strip();
      all = all.withValue(path(key, argument), value(argument.substring(equals + 1).strip()));
    }
    return all;
  }

  private static String path(String key, String argument) {
    try {
      return ConfigUtil.joinPath(ConfigUtil.splitPath(key));
    } catch (ConfigException e) {
      throw TroupeException.usage(
          "argument %s: %s is not a key; write e.g. train.steps=200".formatted(argument, key));
    }
  }

  private static ConfigValue value(String text) {
    @Nullable Object plain = text.isEmpty() || text.equals("null") ? null : text;
    return ConfigValueFactory.fromAnyRef(plain, Location.COMMAND_LINE);
  }
}
