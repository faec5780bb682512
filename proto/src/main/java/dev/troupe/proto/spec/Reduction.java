package dev.troupe.proto.spec;

/** How gradients are summed over the data-parallel ranks. */
public enum Reduction {
  /** In the order of the virtual shards: any data-parallel width gives the same bits. */
  EXACT,
  /** Local accumulation, then one reduce-scatter. */
  FAST
}
