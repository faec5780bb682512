package dev.troupe.train;

/**
 * What one rank says of the state, as 64-bit digests.
 *
 * @param values of the parameters, as it computes with them, of every index's slices
 * @param published of what its own master weights are as parameters; equal to its own {@code
 *     values} where they are the parameters
 * @param master of its own master weights
 * @param moments of its own moments
 * @param copyPublished as {@code published}, of the copy that it keeps of its ward's
 * @param copyMaster of the copy's master weights
 * @param copyMoments of the copy's moments
 * @param ownChanged whether its own state changed since the last update, although nothing wrote to
 *     it
 * @param copyChanged the same of the copy
 */
record ReplicaDigests(
    long[] values,
    long published,
    long master,
    long moments,
    long copyPublished,
    long copyMaster,
    long copyMoments,
    boolean ownChanged,
    boolean copyChanged) {
  /** Numbers besides the values. */
  private static final int OTHERS = 7;

  /** Numbers of a rank's digests in a group. */
  static int words(int dp) {
    return dp + OTHERS;
  }

  /** As numbers. */
  long[] toWords() {
    long[] words = new long[words(values.length)];
    System.arraycopy(values, 0, words, 0, values.length);
    int at = values.length;
    words[at] = published;
    words[at + 1] = master;
    words[at + 2] = moments;
    words[at + 3] = copyPublished;
    words[at + 4] = copyMaster;
    words[at + 5] = copyMoments;
    words[at + 6] = (ownChanged ? 1L : 0) + (copyChanged ? 2 : 0);
    return words;
  }

  /** From {@link #toWords}. */
  static ReplicaDigests ofWords(long[] words) {
    int dp = words.length - OTHERS;
    long[] values = new long[dp];
    System.arraycopy(words, 0, values, 0, dp);
    return new ReplicaDigests(
        values,
        words[dp],
        words[dp + 1],
        words[dp + 2],
        words[dp + 3],
        words[dp + 4],
        words[dp + 5],
        (words[dp + 6] & 1) != 0,
        (words[dp + 6] & 2) != 0);
  }
}
