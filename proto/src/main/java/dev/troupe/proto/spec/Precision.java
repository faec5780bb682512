package dev.troupe.proto.spec;

/** Type of parameters and activations; main gradients and optimizer state are always float32. */
public enum Precision {
  FP32,
  BF16
}
