package dev.troupe.kernels.cuda;

import static dev.troupe.kernels.cuda.Operands.address;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.kernels.Accumulate;
import dev.troupe.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** RMSNorm and its gradients. */
final class NormKernels {
  private static final int THREADS = 256;
  private static final int SUM_COLUMNS = 32;

  private final CudaStream stream;
  private final Temporaries temporaries;
  private final TypedKernel forward;
  private final TypedKernel apply;
  private final TypedKernel backward;
  private final CudaKernel sumPartials;

  NormKernels(CudaStream stream, CudaModule module, Temporaries temporaries) {
    this.stream = stream;
    this.temporaries = temporaries;
    this.forward = TypedKernel.of(module, "rms_norm");
    this.apply = TypedKernel.of(module, "rms_norm_apply");
    this.backward = TypedKernel.of(module, "rms_norm_backward");
    this.sumPartials = module.kernel("sum_partials");
  }

  void forward(Tensor y, Tensor rstd, Tensor x, Tensor gain, float eps) {
    run(null, y, rstd, x, null, gain, eps, vector(x, y, gain));
  }

  void addForward(
      Tensor sum, Tensor y, Tensor rstd, Tensor x, Tensor delta, Tensor gain, float eps) {
    Operands.sameShape("addRmsNorm", x, sum, delta);
    Operands.type("addRmsNorm", x.type(), sum, delta);
    run(sum, y, rstd, x, delta, gain, eps, vector(x, y, gain, sum, delta));
  }

  private void run(
      @Nullable Tensor sum,
      Tensor y,
      Tensor rstd,
      Tensor x,
      @Nullable Tensor delta,
      Tensor gain,
      float eps,
      boolean vector) {
    check("rmsNorm", x, rstd, gain);
    Operands.sameShape("rmsNorm", x, y);
    Operands.type("rmsNorm", x.type(), y);
    if (x.elements() == 0) {
      return;
    }
    optional(forward.of(x.type()), sum)
        .pointer(address(y))
        .i32(y.stride())
        .pointer(address(rstd))
        .pointer(address(x))
        .i32(x.stride());
    optional(forward.of(x.type()), delta)
        .pointer(address(gain))
        .f32(eps)
        .i32(x.rows())
        .i32(x.cols())
        .i32(vector ? 1 : 0)
        .launch(stream, x.rows(), 1, threads(x, vector), 0);
  }

  private static CudaKernel optional(CudaKernel kernel, @Nullable Tensor tensor) {
    return tensor == null
        ? kernel.pointer(0).i32(0)
        : kernel.pointer(address(tensor)).i32(tensor.stride());
  }

  void apply(Tensor y, Tensor x, Tensor rstd, Tensor gain) {
    check("rmsNormApply", x, rstd, gain);
    Operands.sameShape("rmsNormApply", x, y);
    Operands.type("rmsNormApply", x.type(), y);
    Extent extent =
        new Extent(x.rows(), x.cols(), Operands.width(x.type()), Operands.aligned(x, y, gain));
    if (extent.empty()) {
      return;
    }
    CudaKernel kernel =
        apply
            .of(x.type())
            .pointer(address(y))
            .i32(y.stride())
            .pointer(address(x))
            .i32(x.stride())
            .pointer(address(rstd))
            .pointer(address(gain))
            .i32(x.rows())
            .i32(x.cols())
            .i32(extent.vectorFlag());
    extent.launch(kernel, stream);
  }

  void backward(
      Tensor dx,
      Tensor dGain,
      Tensor dy,
      Tensor x,
      Tensor rstd,
      Tensor gain,
      Accumulate ontoDx,
      Accumulate ontoGain) {
    check("rmsNormBackward", x, rstd, gain);
    Operands.sameShape("rmsNormBackward", x, dx, dy);
    Operands.type("rmsNormBackward", x.type(), dx, dy);
    Operands.shape("rmsNormBackward", dGain, 1, x.cols());
    Operands.type("rmsNormBackward", DataType.FLOAT32, dGain);
    int d = x.cols();
    int parts = CudaTemporaries.normParts(x.rows());
    long partials =
        temporaries.take("rmsNormBackward", CudaTemporaries.rmsNormBackward(x.rows(), d));
    boolean vector = vector(x, dy, dx, gain);
    if (x.elements() > 0) {
      backward
          .of(x.type())
          .pointer(address(dx))
          .i32(dx.stride())
          .pointer(partials)
          .pointer(address(dy))
          .i32(dy.stride())
          .pointer(address(x))
          .i32(x.stride())
          .pointer(address(rstd))
          .pointer(address(gain))
          .i32(ontoDx == Accumulate.ADD ? 1 : 0)
          .i32(x.rows())
          .i32(d)
          .i32(vector ? 1 : 0)
          .launch(stream, parts, 1, threads(x, vector), 0);
    }
    if (d > 0) {
      sumPartials
          .pointer(address(dGain))
          .pointer(partials)
          .i32(parts)
          .i32(d)
          .i32(ontoGain == Accumulate.ADD ? 1 : 0)
          .launch(stream, (d + SUM_COLUMNS - 1) / SUM_COLUMNS, 1, THREADS, 0);
    }
  }

  private static void check(String kernel, Tensor x, Tensor rstd, Tensor gain) {
    Operands.column(kernel, rstd, x.rows());
    Operands.shape(kernel, gain, 1, x.cols());
    Operands.type(kernel, x.type(), gain);
  }

  /** Rows are whole packs: these kernels have no other path for a row's last elements. */
  private static boolean vector(Tensor x, Tensor... others) {
    return x.cols() % Operands.width(x.type()) == 0
        && Operands.aligned(x)
        && Operands.aligned(others);
  }

  private static int threads(Tensor x, boolean vector) {
    return Blocks.threads(vector ? x.cols() / Operands.width(x.type()) : x.cols(), THREADS);
  }
}
