package dev.troupe.collectives.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Map;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Launches on an emulated GPU. */
class CudaKernelTest {
  private EmulatedDriver emulated;

  @BeforeEach
  void start() {
    emulated = EmulatedDriver.start();
  }

  private static long[] longs(CudaDevice device, CudaBuffer from, int count) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(8L * count, 8);
      device.read(new BufferView(from, 0, 8L * count, DataType.INT8), host);
      return host.toArray(ValueLayout.JAVA_LONG);
    }
  }

  @Test
  void shouldPassEveryKindOfParameter() {
    try (CudaDevice device = emulated.open(2 << 20)) {
      CudaKernel kernel = device.load(new byte[] {1}).kernel("parameters");
      CudaBuffer out = device.allocate(32);
      for (int i = 0; i < 3; i++) { // each launch starts a new list
        kernel.pointer(out.address()).i32(-7 - i).i64(1L << 40).f32(1.5f).f64(-2.25);
        kernel.launch(device.compute(), 1, 1, 32, 0);
      }
      assertArrayEquals(new long[] {-9, 1L << 40, 1500, -2250}, longs(device, out, 4));
    }
  }

  @Test
  void shouldAskForSharedMemoryBeyondTheUsual() {
    try (CudaDevice device = emulated.open(2 << 20)) {
      CudaKernel kernel = device.load(new byte[] {1}).kernel("block_sum");
      CudaBuffer sums = device.allocate(8);
      CudaBuffer x = device.allocate(4);
      kernel.pointer(sums.address()).pointer(x.address()).i32(1);
      kernel.launch(device.compute(), 1, 1, 1024, 100 << 10);
      kernel.pointer(sums.address()).pointer(x.address()).i32(1);
      kernel.launch(device.compute(), 1, 1, 1024, 8 << 10);
      device.compute().synchronize();

      kernel.pointer(sums.address()).pointer(x.address()).i32(1);
      CudaFailedException tooMuch =
          assertThrows(
              CudaFailedException.class,
              () -> kernel.launch(device.compute(), 1, 1, 1024, 1 << 20));
      assertTrue(
          EmulatedDriver.text(tooMuch).startsWith("cuFuncSetAttribute for block_sum failed"));
      assertFalse(tooMuch.contextLost());
    }
  }

  @Test
  void shouldRefuseUnknownKernelsAndTooManyParameters() {
    try (CudaDevice device = emulated.open(2 << 20)) {
      CudaModule module = device.load(new byte[] {1});
      assertEquals(
          "the module has no kernel nothing",
          assertThrows(IllegalArgumentException.class, () -> module.kernel("nothing"))
              .getMessage());
      CudaKernel kernel = module.kernel("increment");
      for (int i = 0; i < CudaKernel.PARAMETERS; i++) {
        kernel.i32(i);
      }
      assertThrows(IllegalStateException.class, () -> kernel.i32(0));
    }
  }

  @Test
  void shouldSayThatTheContextIsLostAndStillClose() {
    Map<String, Long> before = emulated.held();
    CudaDevice device = emulated.open(2 << 20);
    CudaKernel kernel = device.load(new byte[] {1}).kernel("increment");
    CudaBuffer cell = device.allocate(4);
    emulated.gpu().fail("cuLaunchKernel", 1, CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
    kernel.pointer(cell.address()).launch(device.compute(), 1, 1, 1, 0);
    CudaFailedException lost =
        assertThrows(CudaFailedException.class, () -> device.compute().synchronize());

    assertEquals(
        "cuStreamSynchronize failed with CUDA_ERROR_ILLEGAL_ADDRESS (700): the GPU's context is"
            + " lost, and this process must be replaced; the kernel's log (dmesg, Xid) may say why",
        lost.getMessage());
    assertTrue(lost.contextLost());
    assertEquals(700, lost.code());
    device.close();
    emulated.gpu().reset();
    assertEquals(before, emulated.held());
  }

  @Test
  void shouldAllocateNothingToLaunchRecordWaitAndCopy() {
    try (CudaDevice device = emulated.open(2 << 20)) {
      CudaKernel kernel = device.load(new byte[] {1}).kernel("increment");
      CudaStream other = device.newStream();
      CudaBuffer cells = device.allocate(1024);
      CudaEvent event = other.newEvent();
      Runnable step =
          () -> {
            kernel.pointer(cells.address()).launch(device.compute(), 1, 1, 1, 0);
            other.await(device.compute().record());
            other.copy(cells.address() + 512, cells.address(), 512);
            other.zero(cells.address() + 512, 512);
            event.record(other);
            device.compute().await(event);
          };
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      int rounds = 400;
      // The first rounds load classes; the least of several is free of the compiler's doings.
      long least = Long.MAX_VALUE;
      for (int attempt = 0; attempt < 5; attempt++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < rounds; i++) {
          step.run();
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        device.compute().synchronize();
      }
      assertTrue(least < rounds, least + " bytes for " + rounds + " rounds");
    }
  }
}
