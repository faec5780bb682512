package dev.troupe.proto.spec;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Held-out data with a name, whose loss is told beside that of the job's own held-out data.
 *
 * @param name what metrics call its loss
 * @param path as {@code data.path}
 * @param samples sequences a validation
 */
public record ValidationSet(String name, String path, int samples) {
  private static final String KEY = "data.validation.sets";

  /** What the job's own held-out data are called. */
  private static final String OWN = "validation";

  private static final int MOST = 100;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,60}");

  /** What messages call the path of a job's set. */
  public static String pathKey(int index) {
    return key(index) + ".path";
  }

  private static String key(int index) {
    return KEY + "[" + index + "]";
  }

  /** Checks the sets of a job: only together do they have their places, which messages name. */
  static void check(List<ValidationSet> sets) {
    if (sets.size() > MOST) {
      throw new InvalidFieldException(
          "%s has %d sets; give at most %d".formatted(KEY, sets.size(), MOST), KEY);
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < sets.size(); i++) {
      ValidationSet set = sets.get(i);
      if (!NAME.matcher(set.name).matches()) {
        throw new InvalidFieldException(
            "%s.name = %s; give 1 to 60 letters, digits, dots, dashes or underscores"
                .formatted(key(i), set.name),
            KEY);
      }
      if (set.name.equals(OWN) || !names.add(set.name)) {
        throw new InvalidFieldException(
            "%s.name = %s is the name of other held-out data; give each set its own name"
                .formatted(key(i), set.name),
            KEY);
      }
      if (set.path.isBlank()) {
        throw new InvalidFieldException(
            "%s is empty; give text, or the prefix of a .bin/.idx pair".formatted(pathKey(i)), KEY);
      }
      if (set.samples < 1) {
        throw new InvalidFieldException(
            "%s.samples = %d is too small; give at least 1".formatted(key(i), set.samples), KEY);
      }
    }
  }
}
