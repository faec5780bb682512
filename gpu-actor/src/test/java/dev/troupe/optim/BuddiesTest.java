package dev.troupe.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loss of any one place leaves every state, and no rank does more than its share for that. */
class BuddiesTest {
  @ParameterizedTest
  @CsvSource({
    "a, 0",
    "a a a, 0", // one place takes all with it
    "a b, 1",
    "a a b b, 2",
    "a b a b, 0", // never so laid out; a pairing that is no shift, but one ward each
    "a a b b c c, 2",
    "a b c, 1",
    "a a b c, 2",
    "a b b c, 2",
    "a b c c, 2",
    "a a a b b c, 3",
    "a a a a b b b b, 4",
    "a a b, 0",
    "a a a a b b b, 0"
  })
  void whereNoPlaceHasMoreThanHalfBuddiesAreAShift(String places, int shift) {
    assertEquals(shift, Buddies.apart(List.of(places.split(" "))).shift());
  }

  @ParameterizedTest
  @CsvSource({
    "a a b, 2 2 1, 0 1 2",
    "b a a, 2 0 0, 2 0 1",
    "a a a a b, 4 4 4 4 3, 0 0 0 1 4",
    "a a a a b b b, 4 5 6 4 1 2 3, 0 1 1 1 2 1 1",
    "a b a b, 1 0 3 2, 1 1 1 1"
  })
  void unevenPlacesShareTheWards(String places, String buddies, String wards) {
    Buddies found = Buddies.apart(List.of(places.split(" ")));
    assertEquals(numbers(buddies), found.byIndex());
    assertEquals(numbers(wards), loads(found));
  }

  private static List<Integer> numbers(String text) {
    return Arrays.stream(text.split(" ")).map(Integer::valueOf).toList();
  }

  private static List<Integer> loads(Buddies buddies) {
    return IntStream.range(0, buddies.byIndex().size())
        .mapToObj(index -> buddies.wards(index).size())
        .toList();
  }

  /** All ways to lay up to seven ranks over up to four places. */
  @Test
  void everyLayoutKeepsEveryStateAndSharesTheWards() {
    for (int size = 1; size <= 7; size++) {
      for (int code = 0; code < 1 << 2 * size; code++) {
        List<String> places = new ArrayList<>();
        for (int index = 0; index < size; index++) {
          places.add("n" + (code >> 2 * index & 3));
        }
        check(places);
      }
    }
  }

  private static void check(List<String> places) {
    int size = places.size();
    Buddies buddies = Buddies.apart(places);
    if (new HashSet<>(places).size() == 1) {
      assertEquals(Buddies.none(size), buddies);
      return;
    }
    for (int index = 0; index < size; index++) {
      assertNotEquals(places.get(index), places.get(buddies.of(index)), places::toString);
      assertTrue(buddies.wards(buddies.of(index)).contains(index), places::toString);
    }
    int most = places.stream().mapToInt(p -> Collections.frequency(places, p)).max().orElseThrow();
    // Those of the fullest place have their buddies among all the others.
    int least = Math.ceilDiv(most, size - most);
    assertEquals(Math.max(1, least), Collections.max(loads(buddies)), places::toString);
  }

  @Test
  void nobodyIsItsOwnBuddy() {
    assertThrows(IllegalArgumentException.class, () -> new Buddies(List.of(1, 1)));
    assertThrows(IndexOutOfBoundsException.class, () -> new Buddies(List.of(1, 2)));
    assertThrows(IndexOutOfBoundsException.class, () -> new Buddies(List.of(1, Buddies.NOBODY)));
  }
}
