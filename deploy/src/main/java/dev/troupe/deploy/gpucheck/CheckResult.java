package dev.troupe.deploy.gpucheck;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a whole check found.
 *
 * @param date when it began
 * @param version of Troupe
 * @param gpu name of the GPU
 * @param driver CUDA version that the driver supports, for example 13.0
 * @param small whether sizes were those for slow devices
 * @param sections in order, those that were asked for
 */
record CheckResult(
    Instant date,
    String version,
    String gpu,
    String driver,
    boolean small,
    List<SectionResult> sections) {
  /** The speed table is no part: it can do without, where there is no PyTorch. */
  private static final List<Character> NEEDED = List.of('a', 'b', 'c', 'd', 'e');

  CheckResult {
    sections = List.copyOf(sections);
  }

  /** Number of findings that came to {@code outcome}. */
  long count(Outcome outcome) {
    return sections.stream().mapToLong(section -> section.count(outcome)).sum();
  }

  /** Letters of the sections that did not run and that a complete check has; empty: none. */
  String missing() {
    Stream<Character> missing =
        NEEDED.stream()
            .filter(
                letter ->
                    sections.stream()
                        .noneMatch(section -> section.section() == letter && section.ran()));
    return missing.map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** Whether all that a complete check has ran, and nothing failed. */
  boolean passed() {
    return count(Outcome.FAILED) == 0 && missing().isEmpty();
  }
}
