package dev.troupe.proto.spec;

/** What becomes of a step whose loss or gradient is not finite; it is never committed. */
public enum NonFinite {
  /** The run ends. */
  STOP,
  /** The step is computed once more, from the committed state; if that fails too, the run ends. */
  RETRY,
  /** The step counts, with no update; the run ends after a few in a row. */
  SKIP
}
