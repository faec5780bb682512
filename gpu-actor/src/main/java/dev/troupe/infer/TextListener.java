package dev.troupe.infer;

/** Hears of one text as it comes, on the thread that steps. */
public interface TextListener {
  /** The next characters, never none; no character is cut in two. */
  void text(String piece);

  /**
   * The text is complete.
   *
   * @param tokens how many were sampled for it, one that ended it included
   */
  void ended(FinishReason reason, int tokens);

  /** As {@link TokenListener#wanted}. */
  default boolean wanted() {
    return true;
  }
}
