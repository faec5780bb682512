package dev.troupe.deploy.bench;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.AdamStep;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Layout;
import dev.troupe.kernels.cpu.CpuKernels;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** JMH over single kernels on one thread: 2,048 token rows, hidden 512, ffn 1,376. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KernelBenchmarks {
  private static final int ROWS = 2048;
  private static final int HIDDEN = 512;
  private static final int FFN = 1376;
  private static final int HEADS = 8;
  private static final int SEQUENCES = 4;

  /** Type of activations. */
  @Param({"FLOAT32", "BFLOAT16"})
  public String type = "FLOAT32";

  private CpuDevice device = new CpuDevice("cpu:0", 1);
  private Kernels kernels = new CpuKernels(device);
  private DeviceBuffer memory = device.allocate(1L << 28);
  private long used;
  private Tensor x = tensor(DataType.FLOAT32, 1, 1);
  private Tensor y = x;
  private Tensor gain = x;
  private Tensor rstd = x;
  private Tensor gateUp = x;
  private Tensor product = x;
  private Tensor weight = x;
  private Tensor qkv = x;
  private Tensor lse = x;
  private Tensor state = x;
  private AttentionShape shape =
      new AttentionShape(SEQUENCES, ROWS / SEQUENCES, ROWS / SEQUENCES, HEADS, HEADS, 64);

  /** Runs the benchmarks whose name matches. */
  static void run(String filter) {
    String ours = KernelBenchmarks.class.getName().replace(".", "\\.") + "\\.(" + filter + ")";
    try {
      new Runner(new OptionsBuilder().include(ours).build()).run();
    } catch (RunnerException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Lays the tensors out and fills them with normal numbers. */
  @Setup(Level.Trial)
  public void prepare() {
    DataType t = DataType.valueOf(type);
    MemorySegment floats = ((CpuBuffer) memory).segment();
    SplittableRandom random = new SplittableRandom(1);
    for (long i = 0; i < memory.bytes() / Float.BYTES; i += 97) {
      floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble());
    }
    x = tensor(t, ROWS, HIDDEN);
    y = tensor(t, ROWS, HIDDEN);
    gain = tensor(t, 1, HIDDEN);
    rstd = tensor(DataType.FLOAT32, ROWS, 1);
    gateUp = tensor(t, ROWS, 2 * FFN);
    product = tensor(t, ROWS, FFN);
    weight = tensor(t, FFN, HIDDEN);
    qkv = tensor(t, ROWS, 3 * HIDDEN);
    lse = tensor(DataType.FLOAT32, SEQUENCES * HEADS, ROWS / SEQUENCES);
    state = tensor(DataType.FLOAT32, 4, 1 << 20);
  }

  private Tensor tensor(DataType t, int rows, int cols) {
    Tensor tensor = new Tensor(memory, used, t, rows, cols, cols);
    used += (tensor.elements() * t.bytes() + 63) / 64 * 64;
    return tensor;
  }

  /** Frees the memory. */
  @TearDown(Level.Trial)
  public void end() {
    kernels.close();
    memory.close();
    device.close();
  }

  /** RMSNorm forward. */
  @Benchmark
  public void rmsNorm() {
    kernels.rmsNorm(y, rstd, x, gain, 1e-5f);
  }

  /** SwiGLU forward. */
  @Benchmark
  public void swiglu() {
    kernels.swiglu(product, gateUp);
  }

  /** Up projection. */
  @Benchmark
  public void matmul() {
    kernels.matmul(product, x, weight, Layout.NT, Accumulate.ASSIGN);
  }

  /** Causal attention forward, 4 sequences of 512, 8 heads of 64. */
  @Benchmark
  public void attention() {
    kernels.attention(
        y, lse, qkv.cols(0, HIDDEN), qkv.cols(HIDDEN, HIDDEN), qkv.cols(2 * HIDDEN, HIDDEN), shape);
  }

  /** AdamW over a million weights. */
  @Benchmark
  public void adamw() {
    Tensor w = state.rows(0, 1);
    kernels.adamw(
        w,
        w,
        state.rows(1, 1),
        state.rows(2, 1),
        state.rows(3, 1),
        new AdamStep(1e-3, 0.9, 0.95, 1e-8, 0.1, 1, 10));
  }
}
