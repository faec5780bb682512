package dev.troupe.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
  private final Workspace workspace = Workspace.measuring();

  @Test
  void scratchIsTakenAgainAfterItsRelease() {
    Tensor kept = workspace.scratch(DataType.FLOAT32, 1, 3);
    long mark = workspace.mark();
    Tensor first = workspace.scratch(DataType.FLOAT32, 2, 2);
    workspace.release(mark);
    Tensor second = workspace.scratch(DataType.FLOAT32, 4, 1);
    assertEquals(first.offset(), second.offset());
    assertTrue(second.offset() >= kept.offset() + 12, "what was taken before the mark stays");
  }

  @Test
  void activationsAndScratchDoNotDisturbEachOther() {
    workspace.activation(DataType.FLOAT32, 5, 5);
    long mark = workspace.markActivations();
    workspace.scratch(DataType.FLOAT32, 100, 1);
    Tensor next = workspace.activation(DataType.FLOAT32, 1, 1);
    workspace.releaseActivations(mark);
    assertEquals(next.offset(), workspace.activation(DataType.BFLOAT16, 1, 1).offset());
  }

  @Test
  void thePeakIsTheMostThatWasInUseAtOnceInWholeCacheLines() {
    workspace.scratch(DataType.FLOAT32, 1, 1);
    long mark = workspace.mark();
    workspace.scratch(DataType.INT8, 65, 1);
    workspace.release(mark);
    workspace.scratch(DataType.FLOAT64, 1, 8);
    assertEquals(64 + 128, workspace.peakScratch());
    workspace.reset();
    assertEquals(64 + 128, workspace.peakScratch(), "the peak survives the microbatch");
    assertEquals(0, workspace.peakActivations());
  }

  @Test
  void refusesWhatThePlanMissed() {
    try (CpuDevice device = new CpuDevice("cpu:test", 1);
        DeviceBuffer memory = device.allocate(128);
        DeviceBuffer none = device.allocate(0)) {
      Workspace small = new Workspace(memory, none);
      small.activation(DataType.FLOAT32, 1, 32);
      IllegalStateException refused =
          assertThrows(IllegalStateException.class, () -> small.activation(DataType.INT8, 1, 1));
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.contains("activations"), message);
      assertThrows(IllegalStateException.class, () -> small.scratch(DataType.INT8, 1, 1));
    }
  }

  @Test
  void refusesAReleaseOfWhatIsNotTaken() {
    workspace.scratch(DataType.FLOAT32, 1, 1);
    long mark = workspace.mark();
    workspace.reset();
    assertThrows(IllegalStateException.class, () -> workspace.release(mark));
  }
}
