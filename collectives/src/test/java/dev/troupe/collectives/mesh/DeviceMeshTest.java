package dev.troupe.collectives.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.mesh.DeviceMesh.Coordinate;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeviceMeshTest {
  @Test
  void tensorParallelRanksAreNeighbours() {
    DeviceMesh mesh = new DeviceMesh(2, 3);
    assertEquals(6, mesh.size());
    assertEquals(new Coordinate(1, 1), mesh.coordinate(3));
    assertEquals(new ProcessGroup("tp1", List.of(2, 3)), mesh.tensorGroup(3));
    assertEquals(new ProcessGroup("dp1", List.of(1, 3, 5)), mesh.dataGroup(3));
    assertEquals(new ProcessGroup("world", List.of(0, 1, 2, 3, 4, 5)), mesh.world());
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,4", "4,1", "2,3", "4,4"})
  void everyRankIsInExactlyOneGroupOfEachKind(int tp, int dp) {
    DeviceMesh mesh = new DeviceMesh(tp, dp);
    assertPartition(mesh, mesh::tensorGroup);
    assertPartition(mesh, mesh::dataGroup);
    for (int rank = 0; rank < mesh.size(); rank++) {
      assertEquals(rank, mesh.rank(mesh.coordinate(rank)));
    }
  }

  @ParameterizedTest
  @CsvSource({"4,1,4", "4,2,2", "4,4,1", "4,8,1", "1,2,1"})
  void ranksWithTheSameKeyValueHeadsFormAGroup(int tp, int kvHeads, int width) {
    DeviceMesh mesh = new DeviceMesh(tp, 3);
    assertPartition(mesh, rank -> mesh.keyValueGroup(rank, kvHeads));
    for (int rank = 0; rank < mesh.size(); rank++) {
      ProcessGroup group = mesh.keyValueGroup(rank, kvHeads);
      assertEquals(width, group.size());
      assertTrue(mesh.tensorGroup(rank).ranks().containsAll(group.ranks()));
    }
  }

  @Test
  void keyValueGroupIsMadeOfNeighbours() {
    DeviceMesh mesh = new DeviceMesh(4, 2);
    assertEquals(new ProcessGroup("kv1.2", List.of(6, 7)), mesh.keyValueGroup(7, 2));
  }

  @Test
  void shouldRejectWhatCannotBeAMesh() {
    assertThrows(IllegalArgumentException.class, () -> new DeviceMesh(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new DeviceMesh(1, -1));
    assertThrows(ArithmeticException.class, () -> new DeviceMesh(1 << 20, 1 << 20));
    DeviceMesh mesh = new DeviceMesh(4, 2);
    assertThrows(IllegalArgumentException.class, () -> mesh.coordinate(8));
    assertThrows(IllegalArgumentException.class, () -> mesh.keyValueGroup(0, 3));
    assertThrows(IllegalArgumentException.class, () -> mesh.keyValueGroup(0, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> mesh.rank(new Coordinate(0, 4)));
  }

  @Test
  void shouldRejectWhatCannotBeAGroup() {
    assertThrows(IllegalArgumentException.class, () -> new ProcessGroup("none", List.of()));
    assertThrows(IllegalArgumentException.class, () -> new ProcessGroup("twice", List.of(1, 1)));
    ProcessGroup group = new ProcessGroup("some", List.of(4, 2));
    assertEquals(1, group.indexOf(2));
    assertThrows(IllegalArgumentException.class, () -> group.indexOf(3));
  }

  private static void assertPartition(DeviceMesh mesh, IntFunction<ProcessGroup> groupOf) {
    List<Integer> members =
        IntStream.range(0, mesh.size())
            .mapToObj(groupOf)
            .distinct()
            .flatMap(group -> group.ranks().stream())
            .sorted()
            .toList();
    assertEquals(IntStream.range(0, mesh.size()).boxed().toList(), members);
    for (int rank = 0; rank < mesh.size(); rank++) {
      assertTrue(groupOf.apply(rank).ranks().contains(rank));
    }
  }
}
