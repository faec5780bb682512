package dev.troupe.proto.spec;

/** How a run's log files are written. */
public enum LogFormat {
  /** Lines for people. */
  TEXT,
  /** A JSON object a line, with rank and mesh epoch as fields, for tools. */
  JSON
}
