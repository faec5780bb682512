package dev.troupe.data.prepare;

/** Hears how a preparation goes. Called on the thread that prepares. */
public interface PrepareListener {
  /** An interrupted preparation goes on after so many documents and tokens. */
  void resumed(long documents, long tokens);

  /** A line without a document was passed over. */
  void skipped(String what);

  /** Called a few times a second. */
  void progress(State state);

  /**
   * A state of the work.
   *
   * @param bytes read from the inputs, as they lie on disk
   * @param totalBytes of all inputs; 0 where it is not known
   * @param documents that are done
   * @param tokens that are done
   * @param newBytes read since this process began
   * @param newTokens made since this process began
   * @param seconds since this process began
   */
  record State(
      long bytes,
      long totalBytes,
      long documents,
      long tokens,
      long newBytes,
      long newTokens,
      double seconds) {

    /** Seconds to the end, at the pace so far; not a number where that is not known. */
    public double secondsLeft() {
      return totalBytes == 0 || newBytes == 0
          ? Double.NaN
          : (totalBytes - bytes) * (seconds / newBytes);
    }
  }
}
