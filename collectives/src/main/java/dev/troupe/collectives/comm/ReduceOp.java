package dev.troupe.collectives.comm;

/** Element-wise reduction over ranks. */
public enum ReduceOp {
  SUM,
  MAX,
  MIN
}
