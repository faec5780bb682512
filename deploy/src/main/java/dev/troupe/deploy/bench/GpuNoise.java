package dev.troupe.deploy.bench;

import dev.troupe.collectives.device.Bfloat16;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Standard normal bfloat16 numbers, which are about as good as float32 numbers. */
final class GpuNoise {
  /** Memory that it takes. */
  static final long BYTES = 16 << 20;

  private final CudaDevice device;
  private final CudaBuffer noise;

  GpuNoise(CudaDevice device) {
    this.device = device;
    this.noise = device.allocate(BYTES);
    SplittableRandom random = new SplittableRandom(1);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(BYTES, Long.BYTES);
      for (long i = 0; i < BYTES / Short.BYTES; i++) {
        host.setAtIndex(
            ValueLayout.JAVA_SHORT, i, Bfloat16.fromFloat((float) random.nextGaussian()));
      }
      device.write(host, new BufferView(noise, 0, BYTES, DataType.INT8));
    }
  }

  /** Fills a buffer, in the compute stream. */
  void fill(CudaBuffer buffer) {
    for (long at = 0; at < buffer.bytes(); at += BYTES) {
      device
          .compute()
          .copy(buffer.address() + at, noise.address(), Math.min(BYTES, buffer.bytes() - at));
    }
  }
}
