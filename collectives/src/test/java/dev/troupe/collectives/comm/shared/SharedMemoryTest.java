package dev.troupe.collectives.comm.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SharedMemoryTest {
  private final Path root = SharedRanks.newRoot();
  private final SharedMemory memory = SharedMemory.create(root, "worker-1");

  @AfterEach
  void close() {
    memory.close();
    SharedRanks.deleteAll(root);
  }

  @Test
  void buffersAreZeroedAlignedFilesThatGoWhenTheyAreClosed() throws IOException {
    for (long bytes : new long[] {0, 1, 4097, (3L << 20) + 1}) {
      CpuBuffer buffer = memory.allocate("cpu:0", bytes);
      assertEquals(bytes, buffer.bytes());
      assertEquals(0, buffer.address() % 64);
      for (long i = 0; i < bytes; i++) {
        assertEquals(0, buffer.segment().get(ValueLayout.JAVA_BYTE, i));
      }
      buffer.segment().fill((byte) 1);
      assertEquals(3, files(memory.folder()));
      buffer.close();
      assertEquals(2, files(memory.folder()));
      assertThrows(IllegalStateException.class, () -> buffer.segment().fill((byte) 2));
    }
  }

  @Test
  void aPlaceIsFoundForEverySegmentOfTheMemoryAndForNoOther() {
    try (CpuDevice other = new CpuDevice("cpu:1", 1);
        CpuBuffer elsewhere = other.allocate(4096);
        CpuBuffer first = memory.allocate("cpu:0", 4096);
        CpuBuffer second = memory.allocate("cpu:0", 100)) {
      assertEquals(new Place(1, 0), memory.find(first.segment()));
      assertEquals(new Place(1, 64), memory.find(first.segment().asSlice(64, 32)));
      assertEquals(new Place(2, 99), memory.find(second.segment().asSlice(99, 1)));
      assertNull(memory.find(elsewhere.segment()));
      MemorySegment named = Objects.requireNonNull(memory.segment(2));
      assertEquals(second.address(), named.address());
    }
    assertNull(memory.segment(2));
  }

  @Test
  void onlyTheOwnerMayEnter() throws IOException {
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(memory.folder())));
    assertThrows(IllegalArgumentException.class, () -> SharedMemory.create(root, "../evil"));
    assertThrows(IllegalArgumentException.class, () -> SharedMemory.create(root, ""));
  }

  @Test
  void aNameIsTakenWhileItsProcessLives() {
    TroupeException e =
        assertThrows(TroupeException.class, () -> SharedMemory.create(root, "worker-1"));
    assertEquals(Category.RESOURCE, e.category());
    memory.close();
    SharedMemory.create(root, "worker-1").close();
  }

  @Test
  void foldersOfEndedProcessesAreRemovedAndThoseOfLivingOnesKept() throws IOException {
    Path ended = leftByAnEndedProcess("worker-2");
    Path foreign = Files.createDirectory(root.resolve("foreign"));
    Files.writeString(foreign.resolve("file"), "kept");
    SharedMemory.removeStale(root);
    assertFalse(Files.exists(ended));
    assertTrue(Files.exists(foreign.resolve("file")));
    assertTrue(Files.exists(memory.folder()));
    // The lock has survived the look at it.
    assertTrue(ProcessFolder.isLive(memory.folder()));
    SharedMemory.removeStale(root.resolve("absent"));
  }

  @Test
  void aNameThatAnEndedProcessHadIsFree() throws IOException {
    leftByAnEndedProcess("worker-2");
    try (SharedMemory again = SharedMemory.create(root, "worker-2")) {
      assertEquals(2, files(again.folder()));
    }
  }

  private Path leftByAnEndedProcess(String name) throws IOException {
    Path folder = Files.createDirectory(root.resolve(name));
    Files.writeString(folder.resolve("owner"), "1 1970-01-01T00:00:00Z");
    Files.createFile(folder.resolve("lock"));
    Files.createFile(folder.resolve("17"));
    return folder;
  }

  @Test
  void moreThanTheFileSystemHasIsRefusedWithTheRemedy() throws IOException {
    long tooMuch = Files.getFileStore(root).getUsableSpace() + (1L << 40);
    assertRefused(memory, tooMuch);
    assertEquals(2, files(memory.folder()));
  }

  @Test
  void aFullFileSystemIsAnErrorAndNotASignal(@TempDir Path folder) throws Exception {
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder.toString()) == 0);
    try (SharedMemory small = SharedMemory.create(folder, "worker-1");
        CpuBuffer most = small.allocate("cpu:0", 3L << 20)) {
      assertRefused(small, 2L << 20);
      most.segment().fill((byte) 1);
      assertNotNull(small.find(most.segment()));
    } finally {
      assertEquals(0, run("umount", folder.toString()));
    }
  }

  private static void assertRefused(SharedMemory memory, long bytes) {
    TroupeException e = assertThrows(TroupeException.class, () -> memory.allocate("cpu:7", bytes));
    assertEquals(Category.RESOURCE, e.category());
    String message = String.valueOf(e.getMessage());
    String asked = String.format(Locale.ROOT, "cpu:7: %,d bytes", bytes);
    for (String part : new String[] {asked, "bytes free", "--shm-size", "cluster.shared-memory"}) {
      assertTrue(message.contains(part), message);
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (IOException e) {
      return -1;
    }
  }

  private static long files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }
}
