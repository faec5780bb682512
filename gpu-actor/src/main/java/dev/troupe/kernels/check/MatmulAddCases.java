package dev.troupe.kernels.check;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Layout;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Products with a residual added, in place and not.
 *
 * @param type of all matrices
 * @param layout which is transposed
 * @param m rows of D
 * @param n columns of D
 * @param k summed dimension
 * @param inPlace whether D is C
 */
record MatmulAddCases(DataType type, Layout layout, int m, int n, int k, boolean inPlace) {
  private static final int[][] ODD = {{1, 1, 1}, {1, 13, 207}, {64, 48, 80}, {129, 207, 65}};
  private static final int[][] MODEL = {{512, 4096, 4096}};

  static List<KernelCase> odd() {
    return cases(ODD);
  }

  static List<KernelCase> model() {
    return cases(MODEL);
  }

  private static List<KernelCase> cases(int[][] sizes) {
    List<KernelCase> cases = new ArrayList<>();
    for (DataType type : KernelCases.TYPES) {
      for (Layout layout : Layout.values()) {
        for (int[] s : sizes) {
          cases.add(new MatmulAddCases(type, layout, s[0], s[1], s[2], false).kernelCase());
          cases.add(new MatmulAddCases(type, layout, s[0], s[1], s[2], true).kernelCase());
        }
      }
    }
    return cases;
  }

  private KernelCase kernelCase() {
    return new KernelCase(
        "matmulAdd",
        layout + " " + KernelCases.name(type),
        "%dx%dx%d%s".formatted(m, n, k, inPlace ? " in place" : ""),
        this::run);
  }

  private List<Output> run(Backend backend) {
    Tensor a =
        backend.tensor(
            type, Values.normal(layout.transposeA() ? k : m, layout.transposeA() ? m : k, 1));
    Tensor b =
        backend.tensor(
            type, Values.normal(layout.transposeB() ? n : k, layout.transposeB() ? k : n, 2));
    Framed c = backend.framed(type, Values.normal(m, n, 3));
    Framed d = inPlace ? c : backend.framedOutput(type, m, n);
    backend.kernels().matmulAdd(d.view(), c.view(), a, b, layout);
    return new Outputs(backend).add("D", d, Bound.of(type)).list();
  }
}
