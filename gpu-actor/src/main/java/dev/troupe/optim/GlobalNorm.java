package dev.troupe.optim;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.kernels.Kernels;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * sqrt(sum g^2) over the whole model, each parameter once. Sums of squares of fixed blocks are
 * gathered over dp and added in block order in float64, then the tensor-parallel ranks' totals in
 * rank order: the bits do not depend on dp.
 */
public final class GlobalNorm implements AutoCloseable {
  private final Device device;
  private final Kernels kernels;
  private final FlatParameters flat;
  private final Communicator dp;
  private final Communicator tp;
  private final DeviceBuffer memory;
  private final BufferView mine;
  private final BufferView all;
  private final BufferView total;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment host;
  private final boolean[][] counted;

  /** Bytes of block sums: this rank's, all ranks', and the total. */
  public static long bytes(long ownedElements, int dp) {
    return (ownedElements / FlatParameters.BLOCK * (dp + 1) + 1) * Double.BYTES;
  }

  /** Allocates the block sums. */
  public GlobalNorm(
      Device device, Kernels kernels, FlatParameters flat, Communicator dp, Communicator tp) {
    this.device = device;
    this.kernels = kernels;
    this.flat = flat;
    this.dp = dp;
    this.tp = tp;
    long blocks = flat.ownedElements() / FlatParameters.BLOCK;
    memory = device.allocate(bytes(flat.ownedElements(), dp.size()));
    mine = new BufferView(memory, 0, blocks, DataType.FLOAT64);
    all = new BufferView(memory, blocks * Double.BYTES, blocks * dp.size(), DataType.FLOAT64);
    total = new BufferView(memory, blocks * (dp.size() + 1) * Double.BYTES, 1, DataType.FLOAT64);
    host = arena.allocate(ValueLayout.JAVA_DOUBLE, all.count());
    counted = countedBlocks(flat);
  }

  /** For each bucket, which of its blocks belong to parameters that this rank counts. */
  private static boolean[][] countedBlocks(FlatParameters flat) {
    boolean[][] counted = new boolean[flat.buckets().size()][];
    for (int b = 0; b < counted.length; b++) {
      FlatParameters.Bucket bucket = flat.buckets().get(b);
      counted[b] = new boolean[Math.toIntExact(bucket.grads().count() / FlatParameters.BLOCK)];
      for (FlatParameters.Placed placed : bucket.parameters()) {
        long end = (placed.end() + FlatParameters.BLOCK - 1) / FlatParameters.BLOCK;
        for (long i = placed.offset() / FlatParameters.BLOCK; i < end; i++) {
          counted[b][(int) i] = placed.parameter().spec().counted();
        }
      }
    }
    return counted;
  }

  /** Norm of the reduced gradient; the same on every rank. */
  public double of(GradientReducer gradients) {
    long at = 0;
    for (int b = 0; b < flat.buckets().size(); b++) {
      BufferView sum = gradients.sum(b);
      int blocks = Math.toIntExact(sum.count() / FlatParameters.BLOCK);
      kernels.sumOfSquares(row(mine.slice(at, blocks)), row(sum), FlatParameters.BLOCK);
      at += blocks;
    }
    dp.allGather(mine, all).await();
    device.read(all, host);
    double squares = 0;
    long bucketStart = 0;
    for (boolean[] bucket : counted) {
      int slice = bucket.length / dp.size();
      for (int i = 0; i < bucket.length; i++) {
        if (bucket[i]) {
          long owner = i / slice;
          squares += block(owner * mine.count() + bucketStart + i % slice);
        }
      }
      bucketStart += slice;
    }
    host.set(ValueLayout.JAVA_DOUBLE, 0, squares);
    device.write(host.asSlice(0, Double.BYTES), total);
    tp.allReduce(total, ReduceOp.SUM).await();
    device.read(total, host.asSlice(0, Double.BYTES));
    return Math.sqrt(host.get(ValueLayout.JAVA_DOUBLE, 0));
  }

  private double block(long index) {
    return host.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
  }

  private static Tensor row(BufferView view) {
    int cols = Math.toIntExact(view.count());
    return new Tensor(view.buffer(), view.offset(), view.type(), 1, cols, cols);
  }

  @Override
  public void close() {
    arena.close();
    memory.close();
  }
}
