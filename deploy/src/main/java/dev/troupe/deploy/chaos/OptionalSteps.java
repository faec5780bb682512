package dev.troupe.deploy.chaos;

/**
 * How many steps to train.
 *
 * @param steps the number; 0: as many as the job says
 */
record OptionalSteps(long steps) {
  static OptionalSteps all() {
    return new OptionalSteps(0);
  }

  static OptionalSteps of(long steps) {
    return new OptionalSteps(steps);
  }
}
