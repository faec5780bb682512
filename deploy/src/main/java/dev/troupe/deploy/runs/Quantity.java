package dev.troupe.deploy.runs;

import java.util.function.ToDoubleFunction;

/** What a plot's vertical axis shows. */
public enum Quantity {
  /** Training loss, with the validation losses as dots. */
  LOSS("loss (nats a token)", StepLine::loss),
  /** Global gradient norm before clipping. */
  GRAD_NORM("gradient norm", StepLine::gradNorm),
  /** Learning rate. */
  LR("learning rate", StepLine::lr),
  /** Tokens a second. */
  SPEED("tokens/s", StepLine::tokensPerSecond);

  private final String label;
  private final ToDoubleFunction<StepLine> value;

  Quantity(String label, ToDoubleFunction<StepLine> value) {
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
