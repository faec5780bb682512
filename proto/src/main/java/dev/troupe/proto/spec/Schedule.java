package dev.troupe.proto.spec;

/** Shape of the learning rate after the warm-up. */
public enum Schedule {
  COSINE,
  LINEAR,
  CONSTANT,
  /** Warm-up, stable, decay: constant, then linear to the minimum over the last part. */
  WSD
}
