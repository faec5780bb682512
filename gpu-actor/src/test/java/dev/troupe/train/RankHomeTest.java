package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.optim.Buddies;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Buddies are as far away as the mesh allows. The first letter of a process is its node's. */
class RankHomeTest {
  @ParameterizedTest
  @CsvSource({
    "1, a1 a1 a1, -1 -1 -1", // one process takes all with it
    "1, a1 a2, 1 0", // another process of the node is better than nothing
    "1, a1 a1 a2, 2 2 1",
    "1, a1 a2 b1 b2, 2 3 0 1", // nodes before processes
    "1, a1 a2 b1, 2 2 1",
    "2, a1 a2 a3 a4, 1 0", // the tensor shares of a rank do not count as others
    "2, a1 a2, -1"
  })
  void buddiesAreOnOtherNodesThenInOtherProcesses(int tp, String processes, String buddies) {
    List<RankHome> homes =
        Arrays.stream(processes.split(" "))
            .map(name -> new RankHome(name.substring(0, 1), name))
            .toList();
    DeviceMesh mesh = new DeviceMesh(tp, homes.size() / tp);
    List<Integer> expected = Arrays.stream(buddies.split(" ")).map(Integer::valueOf).toList();
    for (int rank = 0; rank < tp; rank++) {
      assertEquals(new Buddies(expected), RankHome.buddies(mesh, rank, homes));
    }
  }
}
