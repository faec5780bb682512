package dev.troupe.kernels.check;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Sums, copies, zeros. */
final class ElementwiseCases {
  /** What conversions get wrong: ties, overflow, subnormal numbers, signed zeros. */
  private static final double[] SPECIAL = {
    0.0,
    -0.0,
    1 + 0x1p-8,
    1 + 0x1.8p-7,
    0x1.ffp127,
    -0x1.fffffep127,
    0x1p-149,
    0x1p-133,
    1e-40,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };

  private ElementwiseCases() {}

  static List<KernelCase> of(RowCase row) {
    List<KernelCase> cases = new ArrayList<>();
    cases.add(row.of("add", backend -> add(backend, row, false)));
    cases.add(row.of("add", "in place", backend -> add(backend, row, true)));
    for (DataType to : KernelCases.TYPES) {
      cases.add(row.of("copy", "to " + KernelCases.name(to), backend -> copy(backend, row, to)));
    }
    cases.add(row.of("zero", backend -> zero(backend, row)));
    return cases;
  }

  private static List<Output> add(Backend backend, RowCase row, boolean inPlace) {
    Framed a = backend.framed(row.type(), row.normal(1));
    Tensor b = backend.tensor(row.type(), row.normal(2));
    Framed y = inPlace ? a : backend.framedOutput(row.type(), row.rows(), row.cols());
    backend.kernels().add(y.view(), a.view(), b);
    return new Outputs(backend).add("y", y, Bound.exact()).list();
  }

  private static List<Output> copy(Backend backend, RowCase row, DataType to) {
    Values values = row.normal(1);
    for (int i = 0; i < values.data().length; i += 5) {
      values.data()[i] = SPECIAL[i / 5 % SPECIAL.length];
    }
    Tensor x = backend.framed(row.type(), values).view();
    Framed y = backend.framedOutput(to, row.rows(), row.cols());
    backend.kernels().copy(y.view(), x);
    return new Outputs(backend).add("y", y, Bound.exact()).list();
  }

  private static List<Output> zero(Backend backend, RowCase row) {
    Framed y = backend.framedOutput(row.type(), row.rows(), row.cols());
    backend.kernels().zero(y.view());
    return new Outputs(backend).add("y", y, Bound.exact()).list();
  }
}
