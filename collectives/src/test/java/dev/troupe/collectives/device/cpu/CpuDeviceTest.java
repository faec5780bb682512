package dev.troupe.collectives.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.collectives.device.Event;
import dev.troupe.collectives.device.Stream;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CpuDeviceTest {
  private final CpuDevice device = new CpuDevice("cpu:3", 2);

  @AfterEach
  void close() {
    device.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 63, 4097, (2L << 20) + 1})
  void memoryIsZeroedAndAligned(long bytes) {
    for (int round = 0; round < 3; round++) {
      try (CpuBuffer buffer = device.allocate(bytes)) {
        assertEquals(bytes, buffer.bytes());
        assertEquals(0, buffer.address() % 64);
        MemorySegment segment = buffer.segment();
        for (long i = 0; i < bytes; i++) {
          assertEquals(0, segment.get(ValueLayout.JAVA_BYTE, i));
        }
        segment.fill((byte) 0x5A);
      }
    }
  }

  @Test
  void moreMemoryThanTheMachineHasIsRefusedWithTheBytes() {
    TroupeException e =
        assertThrows(TroupeException.class, () -> device.allocate(1_000_000_000_000_000L));
    assertEquals(Category.RESOURCE, e.category());
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("cpu:3 (2 threads): 1,000,000,000,000,000 bytes"), message);
    assertThrows(IllegalArgumentException.class, () -> device.allocate(-1));
  }

  @Test
  void aRefusedRequestLeavesNothingReserved() {
    long tooMuch = 1_000_000_000_000_000L;
    assertThrows(TroupeException.class, () -> device.allocate(tooMuch));
    assertTrue(device.freeBytes() > 0);
    device.allocate(1 << 20).close();
  }

  @Test
  void useAfterCloseIsAnExceptionAndNotACrash() {
    CpuBuffer buffer = device.allocate(64);
    BufferView view = new BufferView(buffer, 0, 16, DataType.FLOAT32);
    buffer.close();
    buffer.close();
    MemorySegment segment = CpuBuffer.segmentOf(view);
    assertThrows(IllegalStateException.class, () -> segment.fill((byte) 1));
  }

  @Test
  void viewsOfOtherDevicesAreRefused() {
    DeviceBuffer foreign =
        new DeviceBuffer() {
          @Override
          public long bytes() {
            return 64;
          }

          @Override
          public long address() {
            return 0;
          }

          @Override
          public void close() {}
        };
    BufferView view = new BufferView(foreign, 0, 16, DataType.FLOAT32);
    assertThrows(IllegalArgumentException.class, () -> CpuBuffer.segmentOf(view));
  }

  @Test
  void workOfAStreamIsDoneWhenItIsGiven() {
    assertEquals("cpu:3 (2 threads)", device.name());
    assertEquals(2, device.lanes().count());
    try (Stream stream = device.newStream();
        Stream other = device.newStream()) {
      Event event = stream.record();
      assertTrue(event.isDone());
      other.await(event);
      other.synchronize();
    }
  }
}
