package dev.troupe.proto.spec;

/** What the backward pass computes again instead of keeping from the forward pass. */
public enum Recompute {
  /** Nothing. */
  NONE,
  /** The cheap, large ones: norms and the SwiGLU product. */
  SELECTIVE,
  /** Whole transformer blocks; only each block's input is kept. */
  FULL
}
