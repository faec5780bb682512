package dev.troupe.data.text;

/** A line of a JSONL file that has no document; the message says what is wrong with it. */
public final class BadLineException extends Exception {
  private static final long serialVersionUID = 1L;

  /** A line that is so, for example "is not a JSON object". */
  public BadLineException(String what) {
    super(what);
  }
}
