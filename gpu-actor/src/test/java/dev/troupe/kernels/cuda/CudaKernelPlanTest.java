package dev.troupe.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.AdamRange;
import dev.troupe.kernels.AdamStep;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.EmulatedKernels;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Layout;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Unbacked;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a plan says is what the kernels take: with a byte less they refuse. */
class CudaKernelPlanTest {
  private static final int ROWS = 300;
  private static final int COLS = 24;

  private static void normBackward(Kernels kernels, Tensor x, Tensor gain, Tensor rstd) {
    kernels.rmsNormBackward(x, gain, x, x, rstd, gain, Accumulate.ASSIGN, Accumulate.ASSIGN);
  }

  private static long planned(Consumer<Kernels> call) {
    CudaKernelPlan plan = new CudaKernelPlan(0, (shape, type) -> 0);
    call.accept(plan);
    return plan.temporaryBytes();
  }

  @Test
  void kernelsTakeWhatWasPlanned() {
    try (CudaDevice device = EmulatedKernels.openDevice()) {
      Tensor x = tensor(device, DataType.FLOAT32, ROWS, COLS);
      Tensor gain = tensor(device, DataType.FLOAT32, 1, COLS);
      Tensor rstd = tensor(device, DataType.FLOAT32, ROWS, 1);
      Tensor ids = tensor(device, DataType.INT32, ROWS, 1);
      takesItsPlan(device, kernels -> normBackward(kernels, x, gain, rstd));
      takesItsPlan(device, kernels -> kernels.embeddingBackward(gain, x, ids, 0));
      AdamStep step = new AdamStep(0.1, 0.9, 0.9, 1e-8, 0, 1, 1);
      AdamRange range = new AdamRange(x, x, x, x, x, 0);
      takesItsPlan(device, kernels -> kernels.adamw(List.of(range, range, range), step));
    }
  }

  private static void takesItsPlan(CudaDevice device, Consumer<Kernels> call) {
    long bytes = planned(call);
    call.accept(EmulatedKernels.on(device, bytes));
    Kernels tooSmall = EmulatedKernels.on(device, bytes - 1);
    assertThrows(IllegalStateException.class, () -> call.accept(tooSmall));
    device.compute().synchronize();
  }

  private static Tensor tensor(CudaDevice device, DataType type, int rows, int cols) {
    return Tensor.of(device.allocate((long) rows * cols * type.bytes()), type, rows, cols);
  }

  @Test
  void aPlanIsTheLargestNeedOfItsCalls() {
    AttentionShape shape = new AttentionShape(2, 8, 8, 4, 2, 16);
    Tensor x = Tensor.of(new Unbacked(), DataType.FLOAT32, ROWS, COLS);
    Tensor q = Tensor.of(new Unbacked(), DataType.BFLOAT16, 16, 64);
    CudaKernelPlan plan =
        new CudaKernelPlan(
            100, (s, type) -> s.equals(shape) && type == DataType.BFLOAT16 ? 7_000_000 : 1);
    plan.add(x, x, x);
    assertEquals(0, plan.temporaryBytes());
    plan.matmul(x, x, x, Layout.NT, Accumulate.ASSIGN);
    assertEquals(100, plan.temporaryBytes());
    plan.attentionBackward(q, q, q, q, q, x, q, q, q, shape);
    assertEquals(7_000_000, plan.temporaryBytes());
    normBackward(plan, x, x.rows(0, 1), x.cols(0, 1));
    assertEquals(7_000_000, plan.temporaryBytes());
  }
}
