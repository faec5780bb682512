package dev.troupe.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.kernels.EmulatedKernels;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderedSumTest {
  private final CudaDevice device = EmulatedKernels.openDevice();
  private final OrderedSum sum = new OrderedSum(device.load(KernelImage.load()));

  @AfterEach
  void close() {
    device.close();
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,false",
    "13,16,5,false",
    "207,207,3,true",
    "4096,4096,8,true",
    "1001,1004,7,false",
    "5,5,0,true",
    "70001,70001,2,true"
  })
  void addsPartsInTheirOrder(int elements, int stride, int parts, boolean onto) {
    SplittableRandom random = new SplittableRandom(elements);
    float[] values = new float[elements + Math.max(1, parts) * stride];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    float[] expected = new float[elements];
    for (int i = 0; i < elements; i++) {
      float total = onto ? values[i] : values[elements + i];
      for (int p = onto ? 0 : 1; p < parts; p++) {
        total += values[elements + p * stride + i];
      }
      expected[i] = total;
    }
    CudaBuffer out = device.allocate(4L * elements);
    CudaBuffer staging = device.allocate(4L * (values.length - elements));
    MemorySegment host = MemorySegment.ofArray(values);
    device.write(host.asSlice(0, out.bytes()), view(out));
    device.write(host.asSlice(out.bytes()), view(staging));
    sum.run(device.compute(), out.address(), onto, staging.address(), stride, parts, elements);
    float[] result = new float[elements];
    device.read(view(out), MemorySegment.ofArray(result));
    assertArrayEquals(expected, result);
  }

  @Test
  void refusesPartsThatOverlapAndSumsOfNothing() {
    CudaBuffer memory = device.allocate(256);
    long at = memory.address();
    assertThrows(
        IllegalArgumentException.class,
        () -> sum.run(device.compute(), at, true, at + 64, 3, 2, 4));
    assertThrows(
        IllegalArgumentException.class,
        () -> sum.run(device.compute(), at, false, at + 64, 4, 0, 4));
  }

  private static BufferView view(CudaBuffer buffer) {
    return new BufferView(buffer, 0, buffer.bytes() / 4, DataType.FLOAT32);
  }
}
