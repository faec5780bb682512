package dev.troupe.data.prepare;

/** How documents lie in an input. */
public enum InputFormat {
  /** The whole input is one document. */
  TEXT,
  /** Each line is a JSON object with a document in one of its fields. */
  JSONL,
  /** Each row of a Parquet file has a document in one of its columns. Not for standard input. */
  PARQUET
}
