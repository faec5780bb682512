package dev.troupe.collectives.comm.shared;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.Ranks;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.TestData;
import dev.troupe.collectives.comm.local.LocalRanks;
import dev.troupe.collectives.comm.shared.SharedRanks.Buffers;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.collectives.mesh.Site;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Epochs follow one another, end early, and give the bits that threads give. */
@Timeout(60)
final class SharedEpochsTest {
  private static final int EPOCHS = 200;
  private static final int WARM_EPOCHS = 20;

  @Test
  void nothingGrowsOverManyEpochs() throws IOException {
    Path maps = Path.of("/proc/self/maps");
    assumeTrue(Files.isReadable(maps));
    try (SharedRanks ranks = new SharedRanks(2, Buffers.PRIVATE)) {
      long files = 0;
      long mapped = 0;
      for (int i = 1; i <= EPOCHS; i++) {
        boolean abandoned = i % 3 == 0;
        ranks.run(2, comm -> step(ranks, comm, abandoned));
        if (i == WARM_EPOCHS) {
          files = files(ranks.root());
          mapped = mappings(maps, ranks.root());
        }
      }
      assertTrue(files(ranks.root()) <= files + 2, "files");
      assertEquals(mapped, mappings(maps, ranks.root()));
      assertEquals(0, mapped);
    }
  }

  /** A small collective, one through staging, and sometimes an end that is aborted. */
  private static int step(Ranks ranks, Communicator comm, boolean abandoned) {
    for (int count : new int[] {8, 10_000}) {
      BufferView data = TestData.zeros(ranks.device(comm.rank()), DataType.FLOAT32, count);
      TestData.set(data, 5, 2);
      comm.allReduce(data, ReduceOp.SUM).await();
      assertEquals(4, TestData.get(data, 5));
      data.buffer().close();
    }
    if (abandoned) {
      comm.abort("the epoch ends");
    }
    return 0;
  }

  private static long files(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.count();
    }
  }

  private static long mappings(Path maps, Path root) throws IOException {
    return Files.readAllLines(maps).stream().filter(l -> l.contains(root.toString())).count();
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT32", "BFLOAT16", "FLOAT64", "INT32"})
  void resultsHaveTheBitsThatThreadsGet(DataType type) {
    for (int size : new int[] {2, 3}) {
      try (Ranks threads = new LocalRanks();
          Ranks shared = new SharedRanks(size, Buffers.SHARED);
          Ranks staged = new SharedRanks(size, Buffers.PRIVATE)) {
        for (int count : new int[] {200, 50_001}) {
          byte[] expected = sum(threads, size, type, count);
          assertArrayEquals(expected, sum(shared, size, type, count));
          assertArrayEquals(expected, sum(staged, size, type, count));
        }
      }
    }
  }

  private static byte[] sum(Ranks ranks, int size, DataType type, int count) {
    return ranks
        .run(
            size,
            comm -> {
              var device = ranks.device(comm.rank());
              BufferView data = TestData.random(device, type, count, comm.rank());
              comm.allReduce(data, ReduceOp.SUM).await();
              return CpuBuffer.segmentOf(data).toArray(ValueLayout.JAVA_BYTE);
            })
        .getLast();
  }

  @Test
  void anAbortOfTheEpochReachesGroupsThatTheAborterIsNotIn() {
    DeviceMesh mesh = new DeviceMesh(2, 2);
    try (SharedRanks ranks = new SharedRanks(4, Buffers.SHARED)) {
      long epoch = ranks.newEpoch(mesh);
      Communicator waiting = ranks.communicators(2).open(epoch, mesh.tensorGroup(2), 2);
      ranks.communicators(0).abort(epoch, "node 7 is lost");
      ranks.communicators(1).abort(epoch, "a later reason");
      Communicator late = ranks.communicators(3).open(epoch, mesh.tensorGroup(3), 3);
      for (Communicator communicator : List.of(waiting, late)) {
        var e = assertThrows(CommunicatorAbortedException.class, communicator::barrier);
        assertEquals("node 7 is lost", e.getMessage());
      }
    }
  }

  @Test
  void aRankThatNeverComesEndsTheWait() {
    Path root = SharedRanks.newRoot();
    try (SharedMemory memory = SharedMemory.create(root, "p0")) {
      Communicators communicators = new SharedCommunicators(memory, Duration.ofMillis(50));
      DeviceMesh pair = new DeviceMesh(2, 1);
      assertThrows(IllegalStateException.class, () -> communicators.open(1, pair.world(), 0));
      communicators.place(
          1,
          new Placement(
              "",
              List.of(
                  new Site("here", "p0", "", List.of(0)),
                  new Site("here", "p1", "", List.of(1)),
                  new Site("there", "p2", "", List.of(2)))));
      Communicator alone = communicators.open(1, pair.world(), 0);
      var e = assertThrows(CommunicatorAbortedException.class, alone::barrier);
      assertEquals(
          "rank 1 of group world (process p1) has not come within 0 s",
          String.valueOf(e.getMessage()));
      assertThrows(
          IllegalArgumentException.class,
          () -> communicators.open(1, new DeviceMesh(3, 1).world(), 0));
      assertThrows(
          IllegalArgumentException.class,
          () -> communicators.open(1, new ProcessGroup("../x", List.of(0, 1)), 0));
      assertFalse(Files.exists(root.resolve("x")));
    } finally {
      SharedRanks.deleteAll(root);
    }
  }
}
