package dev.troupe.collectives.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device on an emulated GPU: its memory, its copies, its life. */
class CudaDeviceTest {
  private static final long MIB = 1L << 20;

  private EmulatedDriver emulated;
  private Map<String, Long> heldBefore;

  @BeforeEach
  void start() {
    emulated = EmulatedDriver.start();
    heldBefore = emulated.held();
  }

  @AfterEach
  void shouldHaveGivenEverythingBack() {
    emulated.gpu().reset();
    assertEquals(heldBefore, emulated.held());
  }

  private static BufferView bytes(CudaBuffer buffer) {
    return new BufferView(buffer, 0, buffer.bytes(), DataType.INT8);
  }

  private static MemorySegment random(Arena arena, long bytes) {
    MemorySegment segment = arena.allocate(bytes, 8);
    Random random = new Random(bytes);
    for (long i = 0; i < bytes; i++) {
      segment.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
    }
    return segment;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 13, 207, 65_537, 8 * 1024 * 1024, 45_000_001})
  void shouldCopyToTheGpuAndBack(long size) {
    try (CudaDevice device = emulated.open(64 * MIB);
        Arena arena = Arena.ofConfined()) {
      emulated.gpu().jitter(50);
      BufferView view = bytes(device.allocate(size));
      MemorySegment written = random(arena, size);
      MemorySegment expected = arena.allocate(size, 8).copyFrom(written);

      device.write(written, view);
      written.fill((byte) 0); // it may be changed as soon as write returns
      MemorySegment read = arena.allocate(size, 8);
      device.read(view, read);

      assertEquals(-1, expected.mismatch(read));
    }
  }

  @Test
  void shouldKeepTheOrderOfManySmallWritesAroundTheRing() {
    try (CudaDevice device = emulated.open(64 * MIB);
        Arena arena = Arena.ofConfined()) {
      emulated.gpu().jitter(20);
      BufferView cells = new BufferView(device.allocate(700 * 4), 0, 700, DataType.INT32);
      MemorySegment value = arena.allocate(4);
      MemorySegment large = arena.allocate(7 * MIB);
      BufferView elsewhere = bytes(device.allocate(7 * MIB));
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 700; i++) {
          value.set(ValueLayout.JAVA_INT, 0, 1000 * round + i);
          device.write(value, cells.slice(i, 1));
          if (i % 100 == 0) {
            device.write(large, elsewhere);
          }
        }
      }
      MemorySegment read = arena.allocate(700 * 4);
      device.read(cells, read);
      for (int i = 0; i < 700; i++) {
        assertEquals(1000 + i, read.getAtIndex(ValueLayout.JAVA_INT, i));
      }
    }
  }

  @Test
  void shouldNotWaitForTheGpuToWrite() {
    try (CudaDevice device = emulated.open(2 * MIB);
        Arena arena = Arena.ofConfined()) {
      CudaKernel kernel = device.load(new byte[] {1}).kernel("increment");
      BufferView cell = new BufferView(device.allocate(4), 0, 1, DataType.INT32);
      emulated.gpu().hang(1);
      kernel.pointer(cell.buffer().address()).launch(device.compute(), 1, 1, 1, 0);
      CudaEvent hung = device.compute().record();

      device.write(arena.allocate(4), cell); // behind a kernel that does not end

      assertTrue(!hung.isDone());
      emulated.gpu().reset(); // lets it end
      device.compute().synchronize();
    }
  }

  @Test
  void shouldGiveZeroedAlignedPiecesUntilTheArenaIsUsedUp() {
    try (CudaDevice device = emulated.open(2 * MIB);
        Arena arena = Arena.ofConfined()) {
      CudaBuffer first = device.allocate(5);
      CudaBuffer second = device.allocate(MIB);
      MemorySegment read = random(arena, MIB);
      device.read(bytes(second), read);

      assertEquals(0, second.address() % 512);
      assertEquals(512, second.address() - first.address());
      assertEquals(-1, read.mismatch(arena.allocate(MIB)));
      assertEquals(2 * MIB - 512 - MIB, device.freeBytes());
      TroupeException full = assertThrows(TroupeException.class, () -> device.allocate(MIB));
      assertEquals(Category.RESOURCE, full.category());
      assertTrue(
          EmulatedDriver.text(full).contains("1048576 are asked for"), EmulatedDriver.text(full));
    }
  }

  @Test
  void shouldSayHowMuchMemoryThereIsAndIsNeeded() {
    long wanted = 1L << 40;
    TroupeException failure =
        assertThrows(TroupeException.class, () -> emulated.open(wanted).close());

    assertEquals(Category.RESOURCE, failure.category());
    assertTrue(
        EmulatedDriver.text(failure)
            .startsWith(
                "cuda:0 (Emulated GPU) has 2048 MiB of memory free, but 1048576 MiB are needed"),
        EmulatedDriver.text(failure));
  }

  @Test
  void shouldRefuseAGpuThatIsNotThere() {
    TroupeException failure =
        assertThrows(
            TroupeException.class, () -> CudaDevice.open(emulated.driver(), 77, MIB).close());
    assertEquals("there is no GPU 77: this process may use 4", EmulatedDriver.text(failure));
  }

  @Test
  void shouldRefuseOtherThreadsAndCallsAfterClose() throws InterruptedException {
    CudaDevice device = emulated.open(2 * MIB);
    CudaStream stream = device.newStream();
    CudaEvent event = stream.newEvent();
    FutureTask<Throwable> elsewhere =
        new FutureTask<>(() -> assertThrows(IllegalStateException.class, stream::synchronize));
    Thread.ofPlatform().start(elsewhere).join();
    assertTrue(EmulatedDriver.text(done(elsewhere)).startsWith("the GPU belongs to thread "));

    device.close();
    device.close();
    stream.close();
    event.close();
    assertThrows(IllegalStateException.class, () -> device.allocate(1));
    assertThrows(IllegalStateException.class, () -> event.record(stream));
    assertThrows(IllegalStateException.class, event::isDone);
    assertThrows(IllegalStateException.class, stream::handle);
  }

  private static Throwable done(FutureTask<Throwable> task) throws InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
