package dev.troupe.collectives.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import org.junit.jupiter.api.Test;

final class BufferViewTest {
  @Test
  void shouldRejectRangesOutsideTheBufferOrTheView() {
    try (CpuDevice device = new CpuDevice("cpu:0", 1);
        CpuBuffer buffer = device.allocate(64)) {
      BufferView view = new BufferView(buffer, 16, 8, DataType.FLOAT32);
      assertEquals(new BufferView(buffer, 24, 6, DataType.FLOAT32), view.slice(2, 6));
      assertThrows(IndexOutOfBoundsException.class, () -> view.slice(2, 7));
      assertThrows(IndexOutOfBoundsException.class, () -> view.slice(-1, 1));
      assertOutside(buffer, 16, 13);
      assertOutside(buffer, -4, 1);
      assertOutside(buffer, 65, 0);
      assertOutside(buffer, 0, -1);
      assertOutside(buffer, 0, Long.MAX_VALUE / 2);
    }
  }

  private static void assertOutside(CpuBuffer buffer, long offset, long count) {
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> new BufferView(buffer, offset, count, DataType.FLOAT32));
  }
}
