package dev.troupe.kernels.check;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Layout;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Matrix products in every layout, pair of types and kind of accumulation.
 *
 * @param input type of A and B
 * @param result type of C
 * @param layout which is transposed
 * @param accumulate whether C is added to
 * @param m rows of C
 * @param n columns of C
 * @param k summed dimension
 * @param strided whether all three are columns of wider matrices
 */
record MatmulCases(
    DataType input,
    DataType result,
    Layout layout,
    Accumulate accumulate,
    int m,
    int n,
    int k,
    boolean strided) {
  private static final DataType[][] TYPES = {
    {DataType.FLOAT32, DataType.FLOAT32},
    {DataType.BFLOAT16, DataType.BFLOAT16},
    {DataType.BFLOAT16, DataType.FLOAT32}
  };
  private static final int[][] ODD = {
    {1, 1, 1}, {1, 13, 207}, {207, 1, 13}, {64, 48, 80}, {129, 207, 65}
  };

  /** Projections of a 7B model on 512 tokens: attention's and the MLP's. */
  private static final int[][] MODEL = {{512, 4096, 4096}, {512, 11008, 4096}};

  static List<KernelCase> odd() {
    return cases(ODD);
  }

  static List<KernelCase> model() {
    return cases(MODEL);
  }

  private static List<KernelCase> cases(int[][] sizes) {
    List<KernelCase> cases = new ArrayList<>();
    for (DataType[] types : TYPES) {
      for (Layout layout : Layout.values()) {
        for (Accumulate accumulate : Accumulate.values()) {
          for (int i = 0; i < sizes.length; i++) {
            int[] s = sizes[i];
            cases.add(
                new MatmulCases(
                        types[0],
                        types[1],
                        layout,
                        accumulate,
                        s[0],
                        s[1],
                        s[2],
                        i == sizes.length - 1)
                    .kernelCase());
          }
        }
      }
    }
    return cases;
  }

  private KernelCase kernelCase() {
    return new KernelCase(
        "matmul",
        "%s %s->%s".formatted(layout, KernelCases.name(input), KernelCases.name(result)),
        "%s %dx%dx%d%s".formatted(accumulate, m, n, k, strided ? " strided" : ""),
        this::run);
  }

  private List<Output> run(Backend backend) {
    Tensor a = operand(backend, layout.transposeA() ? k : m, layout.transposeA() ? m : k, 1);
    Tensor b = operand(backend, layout.transposeB() ? n : k, layout.transposeB() ? k : n, 2);
    Values before =
        accumulate == Accumulate.ADD
            ? Values.normal(m, n, 3)
            : Values.filled(m, n, Double.NaN); // ASSIGN must not read it
    Outputs outputs = new Outputs(backend);
    if (strided) {
      Framed c = backend.framed(result, before);
      backend.kernels().matmul(c.view(), a, b, layout, accumulate);
      return outputs.add("C", c, Bound.of(result)).list();
    }
    Tensor c = backend.tensor(result, before);
    backend.kernels().matmul(c, a, b, layout, accumulate);
    return outputs.add("C", c, Bound.of(result)).list();
  }

  private Tensor operand(Backend backend, int rows, int cols, long seed) {
    Values values = Values.normal(rows, cols, seed);
    return strided ? backend.framed(input, values).view() : backend.tensor(input, values);
  }
}
