package dev.troupe.proto.message;

import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.IntStream;

/** An immutable set of ranks. */
public final class RankSet {
  private static final RankSet NONE = new RankSet(new BitSet());

  private final BitSet bits; // never changed after construction

  private RankSet(BitSet bits) {
    this.bits = bits;
  }

  /** The empty set. */
  public static RankSet none() {
    return NONE;
  }

  /** The given ranks. */
  public static RankSet of(int... ranks) {
    return of(IntStream.of(ranks).boxed().toList());
  }

  /** The given ranks. */
  public static RankSet of(Collection<Integer> ranks) {
    BitSet bits = new BitSet();
    for (int rank : ranks) {
      Checks.notNegative("rank", rank);
      bits.set(rank);
    }
    return new RankSet(bits);
  }

  /** All ranks below {@code size}. */
  public static RankSet below(int size) {
    BitSet bits = new BitSet(size);
    bits.set(0, size);
    return new RankSet(bits);
  }

  /** Ranks that are in either. */
  public RankSet plus(RankSet other) {
    if (isEmpty()) {
      return other;
    }
    BitSet sum = (BitSet) bits.clone();
    sum.or(other.bits);
    return new RankSet(sum);
  }

  /** Ranks that are in this set but not in the other. */
  public RankSet minus(RankSet other) {
    BitSet difference = (BitSet) bits.clone();
    difference.andNot(other.bits);
    return new RankSet(difference);
  }

  /** Whether {@code rank} is in the set. */
  public boolean contains(int rank) {
    return bits.get(rank);
  }

  /** Number of ranks. */
  public int size() {
    return bits.cardinality();
  }

  /** Whether there is no rank. */
  public boolean isEmpty() {
    return bits.isEmpty();
  }

  /** The ranks in ascending order. */
  public List<Integer> list() {
    return bits.stream().boxed().toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RankSet set && bits.equals(set.bits);
  }

  @Override
  public int hashCode() {
    return bits.hashCode();
  }

  /** For people: {@code 0-3, 7}. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ");
    for (int first = bits.nextSetBit(0); first >= 0; ) {
      int end = bits.nextClearBit(first);
      text.add(end - first == 1 ? Integer.toString(first) : first + "-" + (end - 1));
      first = bits.nextSetBit(end);
    }
    return text.toString();
  }
}
