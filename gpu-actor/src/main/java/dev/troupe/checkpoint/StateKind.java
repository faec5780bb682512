package dev.troupe.checkpoint;

/** What a checkpoint keeps of every parameter, each in float32. */
public enum StateKind {
  /** The master weight. */
  WEIGHT,
  /** AdamW's first moment. */
  EXP_AVG,
  /** AdamW's second moment. */
  EXP_AVG_SQ
}
