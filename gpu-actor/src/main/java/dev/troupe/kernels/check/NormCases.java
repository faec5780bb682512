package dev.troupe.kernels.check;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Accumulate;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** RMSNorm: forward, with a residual, again from its statistics, backward. */
final class NormCases {
  private static final float EPS = 1e-5f;

  private NormCases() {}

  static List<KernelCase> of(RowCase row) {
    List<KernelCase> cases = new ArrayList<>();
    cases.add(row.of("rmsNorm", backend -> forward(backend, row)));
    cases.add(row.of("rmsNormApply", backend -> again(backend, row)));
    cases.add(row.of("addRmsNorm", backend -> residual(backend, row, false)));
    cases.add(row.of("addRmsNorm", "in place", backend -> residual(backend, row, true)));
    for (Accumulate dx : Accumulate.values()) {
      for (Accumulate gain : Accumulate.values()) {
        cases.add(
            row.of(
                "rmsNormBackward",
                "dx %s, gain %s".formatted(dx, gain),
                backend -> backward(backend, row, dx, gain)));
      }
    }
    return cases;
  }

  private static Tensor gain(Backend backend, RowCase row) {
    return backend.tensor(row.type(), Values.normal(1, row.cols(), 4).map(v -> 1 + v / 4));
  }

  private static List<Output> forward(Backend backend, RowCase row) {
    Tensor x = backend.tensor(row.type(), row.normal(1));
    Framed y = backend.framedOutput(row.type(), row.rows(), row.cols());
    Tensor rstd = backend.output(DataType.FLOAT32, row.rows(), 1);
    backend.kernels().rmsNorm(y.view(), rstd, x, gain(backend, row), EPS);
    return new Outputs(backend)
        .add("rstd", rstd, Bound.of(DataType.FLOAT32))
        .add("y", y, Bound.of(row.type()))
        .list();
  }

  private static List<Output> again(Backend backend, RowCase row) {
    Tensor x = backend.framed(row.type(), row.normal(1)).view();
    Tensor rstd = backend.tensor(DataType.FLOAT32, row.normal(1).rstd(EPS));
    Framed y = backend.framedOutput(row.type(), row.rows(), row.cols());
    backend.kernels().rmsNormApply(y.view(), x, rstd, gain(backend, row));
    return new Outputs(backend).add("y", y, Bound.of(row.type())).list();
  }

  private static List<Output> residual(Backend backend, RowCase row, boolean inPlace) {
    Framed x = backend.framed(row.type(), row.normal(1));
    Tensor delta = backend.tensor(row.type(), row.normal(2));
    Framed sum = inPlace ? x : backend.framedOutput(row.type(), row.rows(), row.cols());
    Framed y = backend.framedOutput(row.type(), row.rows(), row.cols());
    Tensor rstd = backend.output(DataType.FLOAT32, row.rows(), 1);
    backend
        .kernels()
        .addRmsNorm(sum.view(), y.view(), rstd, x.view(), delta, gain(backend, row), EPS);
    return new Outputs(backend)
        .add("sum", sum, Bound.exact())
        .add("rstd", rstd, Bound.of(DataType.FLOAT32))
        .add("y", y, Bound.of(row.type()))
        .list();
  }

  private static List<Output> backward(
      Backend backend, RowCase row, Accumulate ontoDx, Accumulate ontoGain) {
    Tensor x = backend.tensor(row.type(), row.normal(1));
    Tensor dy = backend.framed(row.type(), row.normal(2)).view();
    Tensor rstd = backend.tensor(DataType.FLOAT32, row.normal(1).rstd(EPS));
    Values nothing = Values.filled(row.rows(), row.cols(), Double.NaN);
    Framed dx = backend.framed(row.type(), ontoDx == Accumulate.ADD ? row.normal(3) : nothing);
    Tensor dGain =
        backend.tensor(
            DataType.FLOAT32,
            ontoGain == Accumulate.ADD ? Values.normal(1, row.cols(), 5) : nothing.rows(0, 1));
    backend
        .kernels()
        .rmsNormBackward(dx.view(), dGain, dy, x, rstd, gain(backend, row), ontoDx, ontoGain);
    // A column of one is a difference of equal terms: nothing of dx but rounding is left.
    Bound bound =
        row.cols() == 1 && ontoDx == Accumulate.ASSIGN ? Bound.finite() : Bound.of(row.type());
    return new Outputs(backend)
        .add("dx", dx, bound)
        .add("dGain", dGain, Bound.of(DataType.FLOAT32))
        .list();
  }
}
