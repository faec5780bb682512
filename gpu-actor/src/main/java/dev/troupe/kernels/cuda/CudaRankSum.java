package dev.troupe.kernels.cuda;

import dev.troupe.collectives.comm.nccl.RankOrderedSum;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;

/** The sums of {@link RankOrderedSum}, by kernels. Used from the rank's own thread. */
public final class CudaRankSum implements RankOrderedSum {
  private final OrderedSum float32;
  private final CudaKernel bfloat16;
  private final CudaKernel float64;
  private final CudaKernel int32;

  /** The kernels of a loaded module. */
  public CudaRankSum(CudaModule module) {
    float32 = new OrderedSum(module);
    bfloat16 = module.kernel("ordered_sum_bf16");
    float64 = module.kernel("ordered_sum_f64");
    int32 = module.kernel("ordered_sum_i32");
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
    long stride = partBytesStride / type.bytes();
    switch (type) {
      case FLOAT32 -> float32.run(stream, out, onto, parts, stride, n, elements);
      case BFLOAT16 -> run(bfloat16, stream, out, onto, parts, stride, n, elements);
      case FLOAT64 -> run(float64, stream, out, onto, parts, stride, n, elements);
      case INT32 -> run(int32, stream, out, onto, parts, stride, n, elements);
      case INT8 -> throw new IllegalArgumentException("INT8 is not summed in rank order");
    }
  }

  private static void run(
      CudaKernel kernel,
      CudaStream stream,
      long out,
      boolean onto,
      long parts,
      long stride,
      int n,
      long elements) {
    kernel.pointer(out).pointer(parts).i64(stride).i32(n).i64(elements).i32(onto ? 1 : 0);
    new Extent(1, elements, 1, false).launch(kernel, stream);
  }
}
