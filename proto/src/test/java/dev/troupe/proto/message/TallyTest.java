package dev.troupe.proto.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TallyTest {
  @Test
  void equalValuesAreOneVote() {
    Tally<Double> tally =
        Tally.<Double>empty()
            .plus(List.of(new Vote<>(1.5, RankSet.of(0, 2)), new Vote<>(1.5, RankSet.of(1))));

    assertEquals(List.of(new Vote<>(1.5, RankSet.of(0, 1, 2))), tally.votes());
  }

  @Test
  void valuesThatDifferInABitAreTwoVotes() {
    Tally<Double> tally =
        Tally.<Double>empty()
            .plus(new Vote<>(0.0, RankSet.of(0)))
            .plus(new Vote<>(-0.0, RankSet.of(1)));

    assertEquals(2, tally.votes().size());
    assertEquals(RankSet.of(0, 1), tally.ranks());
  }

  @Test
  void theFirstWordOfARankCounts() {
    Tally<Double> tally = Tally.<Double>empty().plus(new Vote<>(1.0, RankSet.of(0, 1)));

    assertSame(tally, tally.plus(new Vote<>(2.0, RankSet.of(1))));
    assertEquals(
        RankSet.of(2), tally.plus(new Vote<>(2.0, RankSet.of(1, 2))).votes().get(1).ranks());
  }

  @Test
  void rankSetsReadAsRanges() {
    assertEquals("0-3, 7", RankSet.of(7, 0, 1, 2, 3).toString());
    assertEquals("", RankSet.none().toString());
    assertEquals(RankSet.of(1, 3), RankSet.below(4).minus(RankSet.of(0, 2)));
    assertTrue(RankSet.of(5).contains(5));
  }

  @Test
  void aVoteOfNobodyIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Vote<>(1.0, RankSet.none()));
    assertThrows(IllegalArgumentException.class, () -> RankSet.of(-1));
  }
}
