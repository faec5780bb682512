package dev.troupe.optim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Who of a data-parallel group keeps a copy of whose optimizer state: the buddy of its ward.
 *
 * @param byIndex the buddy of each index of the group; {@link #NOBODY} for all of them, or for none
 */
public record Buddies(List<Integer> byIndex) {
  /** The buddy of an index of whose state there is no copy. */
  public static final int NOBODY = -1;

  /** Copies the list. */
  public Buddies {
    byIndex = List.copyOf(byIndex);
    boolean nobody = byIndex.stream().allMatch(buddy -> buddy == NOBODY);
    for (int index = 0; index < byIndex.size() && !nobody; index++) {
      if (Objects.checkIndex(byIndex.get(index), byIndex.size()) == index) {
        throw new IllegalArgumentException(index + " is its own buddy: " + byIndex);
      }
    }
  }

  /** A group of {@code size} without copies. */
  public static Buddies none(int size) {
    return new Buddies(Collections.nCopies(size, NOBODY));
  }

  /**
   * No buddy is at its ward's place, and no index has more wards than that needs. A pure function,
   * so all ranks of the group agree.
   *
   * <p>The d indices are put in order, those of a place together and the fullest place, of m,
   * first. The buddy of the one at p is at (p + m) mod d: where m &le; d / 2 that is another place
   * for everybody, each has one ward, and of places that are runs of indices it is a {@link #shift}
   * by m. Where the fullest place has more than half, its indices share the d - m others in turn,
   * at m + p mod (d - m), so that some have ceil(m / (d - m)) wards.
   *
   * @param places where each index is, by name: what may be lost at once
   * @return without copies where all are at one place, which would take every copy with it
   */
  public static Buddies apart(List<String> places) {
    Map<String, List<Integer>> byPlace = new LinkedHashMap<>();
    for (int index = 0; index < places.size(); index++) {
      byPlace.computeIfAbsent(places.get(index), name -> new ArrayList<>()).add(index);
    }
    int size = places.size();
    int most = byPlace.values().stream().mapToInt(Collection::size).max().orElse(size);
    if (most == size) {
      return none(size);
    }
    List<List<Integer>> runs = new ArrayList<>(byPlace.values());
    while (runs.getFirst().size() < most) {
      Collections.rotate(runs, -1);
    }
    List<Integer> order = runs.stream().flatMap(List::stream).toList();
    List<Integer> byIndex = new ArrayList<>(none(size).byIndex);
    for (int p = 0; p < size; p++) {
      int at = p < most ? most + p % (size - most) : (p + most) % size;
      byIndex.set(order.get(p), order.get(at));
    }
    return new Buddies(byIndex);
  }

  /** Who keeps a copy of the state of {@code index}, or {@link #NOBODY}. */
  public int of(int index) {
    return byIndex.get(index);
  }

  /** Of whose states {@code index} keeps copies, rising. */
  public List<Integer> wards(int index) {
    return IntStream.range(0, byIndex.size()).filter(ward -> of(ward) == index).boxed().toList();
  }

  /**
   * The distance s if the buddy of every index i is (i + s) mod d, so that each has one ward; 0
   * where there is none.
   */
  public int shift() {
    int size = byIndex.size();
    int shift = size == 0 || of(0) == NOBODY ? 0 : of(0);
    boolean all = IntStream.range(0, size).allMatch(i -> of(i) == (i + shift) % size);
    return all ? shift : 0;
  }
}
