package dev.troupe.deploy.gpucheck;

import java.util.List;

/**
 * What a section found.
 *
 * @param section its letter
 * @param title what it checks
 * @param seconds how long it took
 * @param findings in order
 */
record SectionResult(char section, String title, double seconds, List<Finding> findings) {
  SectionResult {
    findings = List.copyOf(findings);
  }

  /** Whether anything was checked at all. */
  boolean ran() {
    return findings.stream().anyMatch(finding -> finding.outcome() != Outcome.SKIPPED);
  }

  /** Number of findings that came to {@code outcome}. */
  long count(Outcome outcome) {
    return findings.stream().filter(finding -> finding.outcome() == outcome).count();
  }
}
