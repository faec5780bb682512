package dev.troupe.collectives.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of an emulated GPU, with delays that make a missing order show. */
class CudaStreamTest {
  private static final int COUNT = 207;

  private EmulatedDriver emulated;

  @BeforeEach
  void start() {
    emulated = EmulatedDriver.start();
  }

  private static CudaBuffer ramp(CudaDevice device, Arena arena) {
    CudaBuffer buffer = device.allocate(4L * COUNT);
    MemorySegment values = arena.allocate(4L * COUNT, 4);
    for (int i = 0; i < COUNT; i++) {
      values.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
    }
    device.write(values, new BufferView(buffer, 0, COUNT, DataType.FLOAT32));
    return buffer;
  }

  @Test
  void shouldOrderWorkOfTwoStreamsByEvents() {
    try (CudaDevice device = emulated.open(2 << 20);
        Arena arena = Arena.ofConfined()) {
      CudaKernel axpy = device.load(new byte[] {1}).kernel("axpy");
      CudaStream other = device.newUrgentStream();
      CudaBuffer x = ramp(device, arena);
      CudaBuffer y = device.allocate(4L * COUNT);
      CudaBuffer z = device.allocate(4L * COUNT);
      emulated.gpu().jitter(300);
      // y += x here, then z = y there, then y = 0 here: more than 64 rounds, so events come round.
      for (int round = 0; round < 70; round++) {
        axpy.pointer(y.address()).pointer(x.address()).f32(1 + round).i64(COUNT);
        axpy.launch(device.compute(), 1, 1, 256, 0);
        other.await(device.compute().record());
        other.copy(z.address(), y.address(), 4L * COUNT);
        device.compute().await(other.record());
        device.compute().zero(y.address(), 4L * COUNT);
      }
      MemorySegment read = arena.allocate(4L * COUNT, 4);
      device.read(new BufferView(z, 0, COUNT, DataType.FLOAT32), read);
      for (int i = 0; i < COUNT; i++) {
        assertEquals(70f * i, read.getAtIndex(ValueLayout.JAVA_FLOAT, i));
      }
    }
  }

  @Test
  void shouldTellWhetherAPointHasComeAndHowLongItTook() throws InterruptedException {
    try (CudaDevice device = emulated.open(2 << 20)) {
      CudaStream stream = device.newStream();
      CudaEvent start = stream.newEvent();
      CudaEvent end = stream.newEvent();
      CudaBuffer cell = device.allocate(4);
      CudaKernel kernel = device.load(new byte[] {1}).kernel("increment");
      emulated.gpu().hang(1);
      start.record(stream);
      kernel.pointer(cell.address()).launch(stream, 1, 1, 1, 0);
      end.record(stream);
      start.synchronize();
      boolean[] seen = {true};
      Thread.ofPlatform().start(() -> seen[0] = end.isDone()).join();
      assertFalse(seen[0], "from a thread that has no context");
      emulated.gpu().reset();
      end.synchronize();
      assertTrue(end.isDone());
      assertTrue(end.millisecondsSince(start) > 0);
      end.close();
      assertThrows(IllegalStateException.class, end::isDone);
      stream.close();
      assertThrows(IllegalStateException.class, stream::record);
    }
  }

  @Test
  void shouldRefuseAnEventOfAnotherKindOfDevice() {
    try (CudaDevice device = emulated.open(2 << 20);
        CpuDevice cpu = new CpuDevice("cpu:0", 1);
        var stream = cpu.newStream()) {
      assertThrows(IllegalArgumentException.class, () -> device.compute().await(stream.record()));
    }
  }
}
