package dev.troupe.deploy.gpucheck;

/** One part of the check. */
interface Section {
  /** The letter that {@code --only} names it by. */
  char name();

  /** What it checks, in a few words. */
  String title();

  /**
   * Runs the checks in order. What a check finds goes into the report; an exception ends the
   * section, which then counts as failed.
   */
  void run(Report report) throws InterruptedException;
}
