package dev.troupe.collectives.comm.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.mesh.DeviceMesh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ranks in real processes. */
@Timeout(120)
final class SharedProcessesTest {
  @Test
  void ranksSumAndAKilledOneIsMissedSoon() throws Exception {
    Path root = SharedRanks.newRoot();
    Process child = ChildRank.start(root, 1, 3);
    Process victim = ChildRank.start(root, 2, 3);
    try (SharedMemory memory = SharedMemory.create(root, "p0");
        CpuDevice device = new CpuDevice("cpu:0", 1, memory)) {
      SharedCommunicators communicators = new SharedCommunicators(memory);
      communicators.place(1, ChildRank.placement(3));
      try (Communicator comm = communicators.open(1, new DeviceMesh(3, 1).world(), 0)) {
        ChildRank.sums(comm, device);
        victim.destroyForcibly();
        long killed = System.nanoTime();
        var e = assertThrows(CommunicatorAbortedException.class, () -> ChildRank.meetForever(comm));
        assertTrue(System.nanoTime() - killed < Duration.ofSeconds(2).toNanos());
        assertEquals(
            "rank 2 of group world died: process " + victim.pid() + " (p2) is gone",
            String.valueOf(e.getMessage()));
      }
      assertTrue(child.waitFor(30, TimeUnit.SECONDS));
      assertEquals(ChildRank.ABORTED, child.exitValue());
      assertTrue(Files.exists(root.resolve("p2")));
      SharedMemory.removeStale(root);
      assertFalse(Files.exists(root.resolve("p2")));
    } finally {
      child.destroyForcibly().waitFor();
      victim.destroyForcibly().waitFor();
      SharedRanks.deleteAll(root);
    }
  }
}
