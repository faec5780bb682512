package dev.troupe.deploy.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import dev.troupe.deploy.lab.Gpu;
import dev.troupe.deploy.lab.GpuLab;
import dev.troupe.deploy.lab.Lab;
import dev.troupe.proto.spec.ModelSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The table's kernels run, at a size that an emulated GPU is quick enough for. */
class GpuKernelTableTest {
  private static final ModelSpec MODEL =
      new ModelSpec("tiny", 64, 1, 4, 2, 96, 300, 32, 1e-5, 10_000, false);
  private static final int TOKENS = 64;

  @Test
  void everyKernelHasFigures() {
    Gpu gpu = Gpu.find(Optional.of(EmulatedGpu.start().folder()));
    long bytes = GpuKernelTable.bytes(MODEL, TOKENS);
    List<KernelLine.Figures> lines;
    try (Lab<CudaDevice> lab = GpuLab.open(gpu, bytes, GpuLab.Products.EXACT)) {
      lines = new GpuKernelTable(lab.device(), lab.kernels()).run(MODEL, TOKENS, 32);
    }
    assertEquals(25, lines.size(), lines::toString);
    assertEquals("copy", lines.getFirst().name());
    for (KernelLine.Figures line : lines) {
      assertTrue(line.seconds() > 0 && line.perSecond() > 0, line::toString);
      assertTrue(line.share() > 0 && Double.isFinite(line.share()), line::toString);
    }
  }
}
