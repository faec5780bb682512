package dev.troupe.kernels.cuda.cudnn;

/**
 * A tensor that the caller passes to a run of a plan. Scalars and what lies between two operations
 * have identifiers above these.
 */
enum Operand {
  Q,
  K,
  V,
  OUT,
  /** Log-sum-exp of the scaled scores, float32. */
  STATS,
  D_OUT,
  DQ,
  DK,
  DV,
  /** Row sums of dOut * out, float32: temporary. */
  ROW_SUMS,
  /** dq before it is rounded, float32: temporary. */
  DQ_SUM;

  /** First identifier that no operand has. */
  static final long FREE_ID = 100;

  /** The identifier in the graph and in the arguments of a run. */
  long id() {
    return ordinal() + 1L;
  }
}
