package dev.troupe.train;

import java.util.ArrayList;
import java.util.List;

/**
 * What one rank says of the state, as 64-bit digests.
 *
 * @param values of the parameters, as it computes with them, by index of whose slices they are
 * @param own of its own state; what it is as parameters is equal to its own {@code values} where
 *     they are the master weights
 * @param copies of the copies that it keeps of others' states, by whose they are; {@link
 *     OfState#NONE} where it keeps none
 * @param ownChanged whether its own state changed since the last update, although nothing wrote to
 *     it
 * @param copyChanged the same of any copy
 */
record ReplicaDigests(
    List<Long> values, OfState own, List<OfState> copies, boolean ownChanged, boolean copyChanged) {

  /**
   * Digests of an optimizer state, or of a copy of it.
   *
   * @param published of what its master weights are as parameters
   * @param master of its master weights
   * @param moments of its moments
   */
  record OfState(long published, long master, long moments) {
    /** In the place of a state that is not there. */
    static final OfState NONE = new OfState(0, 0, 0);

    private static final int WORDS = 3;

    private void write(long[] words, int at) {
      words[at] = published;
      words[at + 1] = master;
      words[at + 2] = moments;
    }

    private static OfState read(long[] words, int at) {
      return new OfState(words[at], words[at + 1], words[at + 2]);
    }
  }

  /** Copies the lists, which are as long as the group is wide. */
  ReplicaDigests {
    values = List.copyOf(values);
    copies = List.copyOf(copies);
    if (copies.size() != values.size()) {
      throw new IllegalArgumentException(copies.size() + " copies, " + values.size() + " values");
    }
  }

  /**
   * Numbers of a rank's digests in a group, on every rank: whose copies it keeps is not counted.
   */
  static int words(int dp) {
    return dp * (1 + OfState.WORDS) + OfState.WORDS + 1;
  }

  /** As numbers: values, the states' digests, its own first, and what changed. */
  long[] toWords() {
    int dp = values.size();
    long[] words = new long[words(dp)];
    own.write(words, dp);
    for (int index = 0; index < dp; index++) {
      words[index] = values.get(index);
      copies.get(index).write(words, dp + (1 + index) * OfState.WORDS);
    }
    words[words.length - 1] = (ownChanged ? 1L : 0) + (copyChanged ? 2 : 0);
    return words;
  }

  /** From {@link #toWords}. */
  static ReplicaDigests ofWords(long[] words) {
    int dp = words.length / (1 + OfState.WORDS) - 1;
    List<Long> values = new ArrayList<>();
    List<OfState> copies = new ArrayList<>();
    for (int index = 0; index < dp; index++) {
      values.add(words[index]);
      copies.add(OfState.read(words, dp + (1 + index) * OfState.WORDS));
    }
    long changed = words[words.length - 1];
    return new ReplicaDigests(
        values, OfState.read(words, dp), copies, (changed & 1) != 0, (changed & 2) != 0);
  }
}
