package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.collectives.mesh.DeviceMesh;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Buddies are as far away as the mesh allows. */
class BuddyShiftTest {
  @ParameterizedTest
  @CsvSource({
    "a1, 0", // nobody else
    "a1 a1 a1, 0", // one process takes all with it
    "a1 b1, 1",
    "a1 a2, 1", // another process of the node is better than nothing
    "a1 a1 b1 b1, 2", // every rank of a has its buddy on b
    "a1 b1 a1 b1, 1",
    "a1 a1 a1 b1, 1", // only two of four can have one elsewhere, whatever the shift
    "a1 a2 b1 b2, 2", // nodes before processes
    "a1 a1 b1 b1 c1 c1, 2",
    "a1 a1 a1 a1 b1 b1 b1 b1, 4"
  })
  void theShiftPutsMostBuddiesElsewhere(String processes, int expected) {
    List<RankHome> homes =
        Arrays.stream(processes.split(" "))
            .map(name -> new RankHome(name.substring(0, 1), name))
            .toList();
    assertEquals(expected, BuddyShift.of(new DeviceMesh(1, homes.size()), 0, homes));
  }
}
