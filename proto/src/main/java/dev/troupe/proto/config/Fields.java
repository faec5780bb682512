package dev.troupe.proto.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.troupe.proto.error.TroupeException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Typed access to a job's values. Stricter than HOCON's own: no number is rounded or cut off. Every
 * error names the place, the key, the value and what was expected.
 */
final class Fields {
  private final Config config;
  private final Set<String> read = new TreeSet<>();

  Fields(Config config) {
    this.config = config;
  }

  /** Keys that were asked for so far. */
  Set<String> read() {
    return read;
  }

  /** Where a key's value was written. */
  String where(String key) {
    return Location.of(value(key).origin());
  }

  @Nullable String optionalText(String key) {
    ConfigValue value = value(key);
    return switch (value.valueType()) {
      case NULL -> null;
      case STRING, NUMBER, BOOLEAN -> String.valueOf(value.unwrapped());
      case LIST, OBJECT -> throw wrong(key, "text");
    };
  }

  String text(String key) {
    String text = optionalText(key);
    if (text == null) {
      throw wrong(key, "text");
    }
    return text;
  }

  /** Several texts; one alone needs no list. */
  List<String> texts(String key) {
    if (!(value(key) instanceof ConfigList list)) {
      return List.of(text(key));
    }
    List<String> texts = new ArrayList<>();
    for (ConfigValue each : list) {
      if (each.valueType() != ConfigValueType.STRING) {
        throw wrong(key, "a list of texts");
      }
      texts.add(String.valueOf(each.unwrapped()));
    }
    return List.copyOf(texts);
  }

  boolean flag(String key) {
    return switch (text(key)) {
      case "true", "on", "yes" -> true;
      case "false", "off", "no" -> false;
      default -> throw wrong(key, "true or false");
    };
  }

  int integer(String key) {
    long value = longInteger(key);
    if (value != (int) value) {
      throw wrong(key, "a whole number of at most " + Integer.MAX_VALUE);
    }
    return (int) value;
  }

  int integer(String key, int whereUnset) {
    return isSet(key) ? integer(key) : whereUnset;
  }

  long longInteger(String key) {
    try {
      return decimal(key, "a whole number").longValueExact();
    } catch (ArithmeticException e) {
      throw wrong(key, "a whole number");
    }
  }

  double number(String key) {
    return decimal(key, "a number").doubleValue();
  }

  double number(String key, double whereUnset) {
    return isSet(key) ? number(key) : whereUnset;
  }

  /** A constant of {@code type}, written in lower case with dashes. */
  <E extends Enum<E>> E choice(String key, Class<E> type) {
    String text = text(key);
    for (E constant : type.getEnumConstants()) {
      if (written(constant).equals(text)) {
        return constant;
      }
    }
    throw wrong(
        key,
        Arrays.stream(type.getEnumConstants())
            .map(Fields::written)
            .collect(Collectors.joining(", ", "one of ", "")));
  }

  <E extends Enum<E>> E choice(String key, Class<E> type, E whereUnset) {
    return isSet(key) ? choice(key, type) : whereUnset;
  }

  /** A constant as it stands in a job file. */
  static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The sections in a list, each with its own fields.
   *
   * @param defaults every key that a section may have
   */
  List<Fields> sections(String key, Config defaults, String expected) {
    if (!(value(key) instanceof ConfigList list)) {
      throw wrong(key, expected);
    }
    List<Fields> sections = new ArrayList<>();
    for (ConfigValue element : list) {
      if (!(element instanceof ConfigObject section)) {
        throw wrong(key, expected);
      }
      for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
        if (!defaults.root().containsKey(entry.getKey())) {
          throw TroupeException.usage(
              "%s: %s has an unknown key %s; did you mean %s?"
                  .formatted(
                      Location.of(entry.getValue().origin()),
                      key,
                      entry.getKey(),
                      Nearest.of(entry.getKey(), defaults.root().keySet())));
        }
      }
      sections.add(new Fields(section.toConfig().withFallback(defaults)));
    }
    return List.copyOf(sections);
  }

  boolean isSet(String key) {
    return value(key).valueType() != ConfigValueType.NULL;
  }

  /** The error for a value that is not what the key takes. */
  TroupeException wrong(String key, String expected) {
    ConfigValue value = value(key);
    String shown =
        value.valueType() == ConfigValueType.NULL ? "not set" : value.unwrapped().toString();
    return TroupeException.usage(
        "%s: %s = %s; give %s".formatted(where(key), key, shown, expected));
  }

  private BigDecimal decimal(String key, String expected) {
    try {
      return new BigDecimal(text(key));
    } catch (NumberFormatException e) {
      throw wrong(key, expected);
    }
  }

  private ConfigValue value(String key) {
    read.add(key);
    // Config.getValue refuses unset values, so ask the section.
    int dot = key.lastIndexOf('.');
    ConfigObject section = dot < 0 ? config.root() : config.getObject(key.substring(0, dot));
    return Objects.requireNonNull(section.get(key.substring(dot + 1)), key);
  }
}
