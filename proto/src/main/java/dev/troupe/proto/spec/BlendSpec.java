package dev.troupe.proto.spec;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Several sources that are read together.
 *
 * @param sources empty: there is no blend, and {@code data.path} or {@code data.source} says what
 *     is read
 * @param sourceTag whether each document begins with its source's name as {@code <name>}
 */
public record BlendSpec(List<Source> sources, boolean sourceTag) {
  /** No blend. */
  public static final BlendSpec NONE = new BlendSpec(List.of(), false);

  private static final String KEY = "data.blend";
  private static final int MOST_SOURCES = 1_000;

  /** Checks that the sources can be told apart. */
  public BlendSpec {
    sources = List.copyOf(sources);
    if (sources.size() > MOST_SOURCES) {
      throw new InvalidFieldException(
          "%s has %d sources; give at most %d".formatted(KEY, sources.size(), MOST_SOURCES), KEY);
    }
    Set<String> names = new HashSet<>();
    for (Source source : sources) {
      if (!names.add(source.name())) {
        throw new InvalidFieldException(
            "%s has two sources with name = %s; give each its own name"
                .formatted(KEY, source.name()),
            KEY);
      }
    }
    if (sourceTag && sources.isEmpty()) {
      throw new InvalidFieldException(
          "data.source-tag = true needs data.blend, whose sources have names; one source will do",
          "data.source-tag",
          KEY);
    }
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return sources.isEmpty();
  }

  /**
   * One of them.
   *
   * @param path as {@code data.path}
   * @param weight its share of the samples, in proportion to the others'
   * @param name what metrics and tags call it
   * @param epochs how often it may be read at most in the whole run; 0: any number of times
   */
  public record Source(String path, double weight, String name, double epochs) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,60}");

    /** Checks each value. */
    public Source {
      Require.notBlank(KEY + " path", path);
      positive("weight", weight, name);
      if (!(epochs >= 0) || Double.isInfinite(epochs)) {
        throw new InvalidFieldException(
            "%s: source %s has epochs = %s; give a number greater than 0, or leave it out"
                .formatted(KEY, name, epochs),
            KEY);
      }
      if (!NAME.matcher(name).matches()) {
        throw new InvalidFieldException(
            "%s has name = %s; give 1 to 60 letters, digits, dots, dashes or underscores"
                .formatted(KEY, name),
            KEY);
      }
    }

    private static void positive(String what, double value, String name) {
      if (!(value > 0) || Double.isInfinite(value)) {
        throw new InvalidFieldException(
            "%s: source %s has %s = %s; give a number greater than 0"
                .formatted(KEY, name, what, value),
            KEY);
      }
    }
  }
}
