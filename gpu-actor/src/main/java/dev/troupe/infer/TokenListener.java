package dev.troupe.infer;

/**
 * Hears of one sequence's tokens, on the thread that steps. A listener that throws ends the step
 * for all sequences.
 */
public interface TokenListener {
  /** The next token; false ends the sequence with {@link FinishReason#STOP}. */
  boolean accept(int token);

  /** The sequence has ended and left; it hears nothing more. */
  void ended(FinishReason reason);

  /**
   * Asked before each step: false and the sequence leaves without another word. Answered from any
   * thread's news, such as that nobody waits for the text any more.
   */
  default boolean wanted() {
    return true;
  }
}
