package dev.troupe.data.bios;

import dev.troupe.data.digest.Fingerprint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The words and sentences that biographies are made of, from the text files beside this class.
 *
 * @param firstNames women's names, then men's: as many of each
 * @param surnames last names
 * @param cities where people are born
 * @param universities where they studied
 * @param majors what they studied
 * @param employers where they work
 * @param templates sentences for each fact
 * @param fingerprint of all of it
 */
record Lists(
    List<List<String>> firstNames,
    List<String> surnames,
    List<String> cities,
    List<String> universities,
    List<String> majors,
    List<Employer> employers,
    Map<Fact, List<Template>> templates,
    String fingerprint) {

  /** An employer and the city it is in. */
  record Employer(String name, String city) {}

  /** Reads the lists. */
  static Lists load() {
    Fingerprint fingerprint = new Fingerprint();
    return new Lists(
        List.of(lines("women.txt", fingerprint), lines("men.txt", fingerprint)),
        lines("surnames.txt", fingerprint),
        lines("cities.txt", fingerprint),
        lines("universities.txt", fingerprint),
        lines("majors.txt", fingerprint),
        lines("employers.txt", fingerprint).stream()
            .map(Pair::parse)
            .map(pair -> new Employer(pair.left(), pair.right()))
            .toList(),
        templates(lines("templates.txt", fingerprint)),
        fingerprint.hex());
  }

  List<Template> templates(Fact fact) {
    return templates.getOrDefault(fact, List.of());
  }

  private static Map<Fact, List<Template>> templates(List<String> lines) {
    Map<Fact, List<Template>> templates = new EnumMap<>(Fact.class);
    for (String line : lines) {
      Pair pair = Pair.parse(line);
      for (Fact fact : Fact.values()) {
        if (fact.key().equals(pair.left())) {
          templates.computeIfAbsent(fact, _ -> new ArrayList<>()).add(Template.parse(pair.right()));
        }
      }
    }
    return templates;
  }

  private static List<String> lines(String name, Fingerprint fingerprint) {
    try (InputStream in = Lists.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the class path lacks " + name);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<String> lines =
          text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
      lines.forEach(fingerprint::add);
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The two sides of a line with a bar. */
  private record Pair(String left, String right) {
    static Pair parse(String line) {
      int bar = line.indexOf(" | ");
      return new Pair(line.substring(0, bar), line.substring(bar + 3));
    }
  }
}
