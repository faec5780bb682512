package dev.troupe.deploy.chaos.plan;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.troupe.proto.config.Location;
import dev.troupe.proto.config.Nearest;
import dev.troupe.proto.error.TroupeException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A section of a plan.
 *
 * @param name its key for people, empty for the whole
 * @param values what is written in it
 */
record Section(String name, ConfigObject values) {
  private static final Pattern DURATION = Pattern.compile("([0-9.]+)\\s*(ms|s|min|h)");

  /** Refuses other keys than these. */
  void allow(Set<String> known) {
    for (String key : values.keySet()) {
      if (!known.contains(key)) {
        throw TroupeException.usage(
            "%s: unknown key %s; did you mean %s?"
                .formatted(where(key), path(key), Nearest.of(key, known)));
      }
    }
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  ConfigValue need(String key, String expected) {
    ConfigValue value = values.get(key);
    if (value == null) {
      throw TroupeException.usage(
          "%s: %s is missing; give %s"
              .formatted(Location.of(values.origin()), path(key), expected));
    }
    return value;
  }

  /** A list of sections, as {@code faults} is. */
  List<Section> sections(ConfigValue value, String key) {
    if (!(value instanceof ConfigList list)) {
      throw wrong(key, "a list: [ { ... }, { ... } ]");
    }
    List<Section> sections = new ArrayList<>();
    for (ConfigValue each : list) {
      if (!(each instanceof ConfigObject object)) {
        throw TroupeException.usage(
            "%s: %s has %s; give { at = { step = 17 }, do = kill9, rank = 3 } or the like"
                .formatted(Location.of(each.origin()), path(key), each.unwrapped()));
      }
      sections.add(new Section(path(key), object));
    }
    return sections;
  }

  Section section(String key, String expected) {
    if (!(need(key, expected) instanceof ConfigObject object)) {
      throw wrong(key, expected);
    }
    return new Section(path(key), object);
  }

  String text(String key, String whereUnset) {
    return has(key) ? text(key) : whereUnset;
  }

  String text(String key) {
    ConfigValue value = need(key, "a text");
    return switch (value.valueType()) {
      case STRING, NUMBER, BOOLEAN -> String.valueOf(value.unwrapped());
      case NULL, LIST, OBJECT -> throw wrong(key, "a text");
    };
  }

  List<String> texts(String key, String expected) {
    if (!(need(key, expected) instanceof ConfigList list) || list.isEmpty()) {
      throw wrong(key, expected);
    }
    return list.stream().map(each -> String.valueOf(each.unwrapped())).toList();
  }

  boolean flag(String key, boolean whereUnset) {
    if (!has(key)) {
      return whereUnset;
    }
    return switch (text(key)) {
      case "true", "on", "yes" -> true;
      case "false", "off", "no" -> false;
      default -> throw wrong(key, "true or false");
    };
  }

  long whole(String key, long least) {
    try {
      long value = new BigDecimal(text(key)).longValueExact();
      if (value >= least) {
        return value;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Told below.
    }
    throw wrong(key, "a whole number of at least " + least);
  }

  Duration duration(String key) {
    Matcher matcher = DURATION.matcher(text(key).strip());
    if (matcher.matches()) {
      try {
        double value = Double.parseDouble(matcher.group(1));
        double seconds =
            switch (matcher.group(2)) {
              case "ms" -> value / 1e3;
              case "s" -> value;
              case "min" -> value * 60;
              default -> value * 3_600;
            };
        if (seconds > 0) {
          return Duration.ofNanos(Math.round(seconds * 1e9));
        }
      } catch (NumberFormatException e) {
        // Told below.
      }
    }
    throw wrong(key, "a time, such as 15 s, 200 ms or 2 min");
  }

  TroupeException wrong(String key, String expected) {
    ConfigValue value = values.get(key);
    return TroupeException.usage(
        "%s: %s = %s; give %s"
            .formatted(
                where(key), path(key), value == null ? "not set" : value.unwrapped(), expected));
  }

  /** An error of the section as a whole. */
  TroupeException wrong(String what) {
    return TroupeException.usage("%s: %s".formatted(Location.of(values.origin()), what));
  }

  private String where(String key) {
    ConfigValue value = values.get(key);
    return Location.of(value == null ? values.origin() : value.origin());
  }

  private String path(String key) {
    return name.isEmpty() ? key : name + "." + key;
  }
}
