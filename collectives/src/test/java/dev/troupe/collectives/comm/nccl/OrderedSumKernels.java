package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The ordered sums of {@code ordered_sum.cuh}, one kernel a type. */
final class OrderedSumKernels implements RankOrderedSum {
  private static final int THREADS = 256;

  private final Map<DataType, CudaKernel> kernels = new EnumMap<>(DataType.class);

  OrderedSumKernels(CudaDevice device) {
    CudaModule module = device.load(new byte[] {1});
    for (DataType type :
        List.of(DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT64, DataType.INT32)) {
      kernels.put(type, module.kernel("ordered_sum_" + type.name().toLowerCase(Locale.ROOT)));
    }
  }

  @Override
  public void sum(
      CudaStream stream,
      DataType type,
      long out,
      boolean onto,
      long parts,
      long partBytesStride,
      int n,
      long elements) {
    Objects.requireNonNull(kernels.get(type))
        .pointer(out)
        .pointer(parts)
        .i64(partBytesStride)
        .i32(n)
        .i32(onto ? 1 : 0)
        .i64(elements)
        .launch(stream, (int) Math.ceilDiv(elements, THREADS), 1, THREADS, 0);
  }
}
