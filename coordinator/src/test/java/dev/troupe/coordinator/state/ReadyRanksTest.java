package dev.troupe.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankState;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadyRanksTest {
  @Test
  void aRanksFirstWordCountsAndTheOrderIsByRank() {
    ReadyRanks ready =
        ReadyRanks.none()
            .plus(List.of(new RankState(2, 0, 20), new RankState(3, 0, 30)))
            .plus(List.of(new RankState(3, 0, 31), new RankState(1, 0, 10)))
            .plus(List.of(new RankState(0, 0, 1)));

    assertEquals(RankSet.of(0, 1, 2, 3), ready.ranks());
    assertEquals(List.of(1L, 10L, 20L, 30L), ready.memoryBytes());
  }
}
