package dev.troupe.deploy.gpucheck;

/** What a check came to. */
enum Outcome {
  OK("ok"),
  FAILED("FAILED"),
  SKIPPED("skipped");

  private final String text;

  Outcome(String text) {
    this.text = text;
  }

  /** As tables and JSON say it. */
  String text() {
    return text;
  }
}
