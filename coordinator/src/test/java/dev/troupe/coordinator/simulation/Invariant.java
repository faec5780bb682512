package dev.troupe.coordinator.simulation;

/** What must hold whatever happens. */
enum Invariant {
  I1("one commit a step at most, in the journal before ranks apply it"),
  I2("commits are contiguous; going back is announced, and never without need"),
  I3("terms and epochs only grow, an epoch is used once, stale messages have no effect"),
  I4("a committed state outlives the loss of any one node"),
  I5("an equal step is an equal state on every rank"),
  I6("no step that is not finite is applied"),
  I7("each sample exactly once"),
  I8("what is published is complete, and latest never goes back"),
  I9("a coordinator that was superseded can neither commit nor end the run well"),
  I10("the plan is valid"),
  I12("once faults end, the run ends well");

  private final String text;

  Invariant(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
