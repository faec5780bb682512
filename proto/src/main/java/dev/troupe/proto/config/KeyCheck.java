package dev.troupe.proto.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import dev.troupe.proto.error.TroupeException;
import java.util.Set;
import java.util.SortedSet;

/** Refuses keys that no job has, before any value is read. */
final class KeyCheck {
  private static final Set<String> NOT_YET = Set.of("elastic");

  private final SortedSet<String> known = Reference.keys();

  /**
   * Checks every key that the user wrote.
   *
   * @throws TroupeException naming the key, the place and the nearest known key
   */
  void check(Config written) {
    Reference.leaves(written.root()).forEach(this::checkKey);
  }

  private void checkKey(String key, ConfigValue value) {
    if (known.contains(key)) {
      return;
    }
    String where = Location.of(value.origin());
    for (String planned : NOT_YET) {
      if (key.equals(planned) || key.startsWith(planned + ".")) {
        throw TroupeException.usage(
            "%s: %s is not supported yet; leave it out".formatted(where, key));
      }
    }
    SortedSet<String> inSection = known.subSet(key + ".", key + "/");
    if (!inSection.isEmpty()) {
      throw TroupeException.usage(
          "%s: %s is a section, not a value; set one of its keys, e.g. %s"
              .formatted(where, key, inSection.first()));
    }
    throw TroupeException.usage(
        "%s: unknown key %s; did you mean %s?".formatted(where, key, Nearest.of(key, known)));
  }
}
