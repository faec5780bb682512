package dev.troupe.deploy.runs;

import java.util.function.ToDoubleFunction;

/** What a plot's horizontal axis shows. */
public enum Along {
  /** Steps. */
  STEP("step", step -> step.step()),
  /** Tokens trained on. */
  TOKENS("tokens", step -> step.tokens()),
  /** Hours of training: the sum of the steps' times. */
  HOURS("hours", step -> step.seconds() / 3_600);

  private final String label;
  private final ToDoubleFunction<StepLine> value;

  Along(String label, ToDoubleFunction<StepLine> value) {
    this.label = label;
    this.value = value;
  }

  String label() {
    return label;
  }

  double of(StepLine step) {
    return value.applyAsDouble(step);
  }
}
