package dev.troupe.kernels.check;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AdamStep;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** AdamW and the gradient norm's sums, over flat ranges. */
final class OptimizerCases {
  private static final int[] ODD = {1, 13, 207, 4098, 20001};
  private static final int[] MODEL = {4096 * 4096 + 1};
  private static final int[] BLOCKS = {16, 1024};
  private static final int STEPS = 3;

  private OptimizerCases() {}

  static List<KernelCase> odd() {
    return cases(ODD);
  }

  static List<KernelCase> model() {
    return cases(MODEL);
  }

  private static List<KernelCase> cases(int[] sizes) {
    List<KernelCase> cases = new ArrayList<>();
    for (int n : sizes) {
      for (int block : BLOCKS) {
        cases.add(
            new KernelCase(
                "sumOfSquares",
                "fp32",
                "%d in blocks of %d".formatted(n, block),
                backend -> squares(backend, n, block)));
      }
      adamw(cases, n, DataType.FLOAT32, true);
      adamw(cases, n, DataType.FLOAT32, false);
      adamw(cases, n, DataType.BFLOAT16, false);
    }
    return cases;
  }

  private static void adamw(List<KernelCase> cases, int n, DataType type, boolean inPlace) {
    String details = n + (inPlace ? " in place" : "");
    cases.add(
        new KernelCase(
            "adamw", KernelCases.name(type), details, backend -> adamw(backend, n, type, inPlace)));
  }

  private static List<Output> squares(Backend backend, int n, int block) {
    Tensor x = backend.tensor(DataType.FLOAT32, Values.normal(1, n, 1));
    Tensor blocks = backend.output(DataType.FLOAT64, 1, (n + block - 1) / block);
    backend.kernels().sumOfSquares(blocks, x, block);
    return new Outputs(backend).add("blocks", blocks, Bound.of(DataType.FLOAT32)).list();
  }

  private static List<Output> adamw(Backend backend, int n, DataType type, boolean inPlace) {
    Tensor master = backend.tensor(DataType.FLOAT32, Values.normal(1, n, 1));
    Tensor value = inPlace ? master : backend.output(type, 1, n);
    Tensor expAvg = backend.tensor(DataType.FLOAT32, Values.filled(1, n, 0));
    Tensor expAvgSq = backend.tensor(DataType.FLOAT32, Values.filled(1, n, 0));
    for (int t = 1; t <= STEPS; t++) {
      Tensor grad = backend.tensor(DataType.FLOAT32, Values.normal(1, n, 10 + t));
      AdamStep step = new AdamStep(0.02 / t, 0.9, 0.95, 1e-3, 0.1, 0.7, t);
      backend.kernels().adamw(value, master, expAvg, expAvgSq, grad, step);
    }
    return new Outputs(backend)
        .add("weights", master, Bound.of(DataType.FLOAT32))
        .add("first moments", expAvg, Bound.of(DataType.FLOAT32))
        .add("second moments", expAvgSq, Bound.of(DataType.FLOAT32))
        .add("values", value, Bound.of(type))
        .list();
  }
}
