package dev.troupe.collectives.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostMemoryTest {
  @TempDir private Path root;
  private HostMemory memory = HostMemory.ofThisMachine();

  @BeforeEach
  void machineWithEightMebibytes() throws IOException {
    write("proc/meminfo", "MemTotal: 99999 kB\nMemAvailable:    8192 kB\nSwapFree: 0 kB\n");
    memory = new HostMemory(root.resolve("proc"), root.resolve("cgroup"));
  }

  @Test
  void freeIsWhatTheMachineHasAvailable() {
    assertEquals(8192 * 1024, memory.freeBytes());
  }

  @Test
  void theTightestGroupOnTheWayToTheRootDecides() throws IOException {
    write("proc/self/cgroup", "0::/pod/main\n");
    write("cgroup/pod/main/memory.max", "max\n");
    write("cgroup/pod/main/memory.current", "100\n");
    write("cgroup/pod/memory.max", "5000\n");
    write("cgroup/pod/memory.current", "3000\n");
    write("cgroup/pod/memory.stat", "active_file 7\ninactive_file 500\n");
    assertEquals(2500, memory.freeBytes());
  }

  @Test
  void versionOneGroupsCount() throws IOException {
    write("proc/self/cgroup", "5:cpu,memory:/job\n3:cpuset:/other\n0::/\n");
    write("cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("cgroup/memory/memory.usage_in_bytes", "123\n");
    write("cgroup/memory/job/memory.limit_in_bytes", "4000\n");
    write("cgroup/memory/job/memory.usage_in_bytes", "1000\n");
    write("cgroup/memory/job/memory.stat", "total_inactive_file 200\n");
    assertEquals(3200, memory.freeBytes());
  }

  @Test
  void aGroupThatPointsOutsideTheMountIsNotFollowed() throws IOException {
    write("proc/self/cgroup", "0::/../outside\n");
    write("outside/memory.max", "10\n");
    write("outside/memory.current", "5\n");
    assertEquals(8192 * 1024, memory.freeBytes());
  }

  @Test
  void aReservationIsNotGrantedTwice() {
    memory.reserve("cpu:0", 8_000_000);
    TroupeException e =
        assertThrows(TroupeException.class, () -> memory.reserve("cpu:1", 1_000_000));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("1,000,000 bytes asked, 388,608 bytes free"), message);
    memory.settle(8_000_000);
    memory.reserve("cpu:1", 1_000_000);
    assertEquals(8192 * 1024 - 1_000_000, memory.freeBytes());
  }

  @Test
  void withoutTheseFilesTheSystemItselfIsAsked() {
    HostMemory other = new HostMemory(root.resolve("none"), root.resolve("none"));
    assertTrue(other.freeBytes() > 0);
  }

  private void write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
