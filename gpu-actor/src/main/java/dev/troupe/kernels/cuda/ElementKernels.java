package dev.troupe.kernels.cuda;

import static dev.troupe.kernels.cuda.Operands.address;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.tensor.Tensor;

/** Sums, copies with conversion and zeros, element by element. */
final class ElementKernels {
  private final CudaStream stream;
  private final TypedKernel add;
  private final TypedKernel fromFloat32;
  private final TypedKernel fromBfloat16;
  private final CudaKernel zero;

  ElementKernels(CudaStream stream, CudaModule module) {
    this.stream = stream;
    this.add = TypedKernel.of(module, "add");
    this.fromFloat32 = TypedKernel.of(module, "copy_f32_to");
    this.fromBfloat16 = TypedKernel.of(module, "copy_bf16_to");
    this.zero = module.kernel("zero_bytes");
  }

  void add(Tensor y, Tensor a, Tensor b) {
    Operands.sameShape("add", y, a, b);
    Operands.type("add", y.type(), a, b);
    Extent extent = Extent.of(Operands.width(y.type()), y, a, b);
    if (extent.empty()) {
      return;
    }
    CudaKernel kernel =
        add.of(y.type())
            .pointer(address(y))
            .i32(y.stride())
            .pointer(address(a))
            .i32(a.stride())
            .pointer(address(b))
            .i32(b.stride())
            .i32(extent.rows())
            .i64(extent.cols())
            .i32(extent.vectorFlag());
    extent.launch(kernel, stream);
  }

  void copy(Tensor y, Tensor x) {
    Operands.sameShape("copy", y, x);
    CudaKernel kernel = copyKernel(y.type(), x.type());
    int width = Math.min(Operands.width(y.type()), Operands.width(x.type()));
    Extent extent = Extent.of(width, y, x);
    if (extent.empty()) {
      return;
    }
    if (y.type() == x.type() && extent.rows() == 1) {
      stream.copy(address(y), address(x), extent.cols() * y.type().bytes());
      return;
    }
    kernel
        .pointer(address(y))
        .i32(y.stride())
        .pointer(address(x))
        .i32(x.stride())
        .i32(extent.rows())
        .i64(extent.cols())
        .i32(extent.vectorFlag());
    extent.launch(kernel, stream);
  }

  private CudaKernel copyKernel(DataType to, DataType from) {
    return switch (from) {
      case FLOAT32 -> fromFloat32.of(to);
      case BFLOAT16 -> fromBfloat16.of(to);
      case FLOAT64, INT32, INT8 -> throw new IllegalArgumentException("no arithmetic on " + from);
    };
  }

  void zero(Tensor y) {
    int bytes = y.type().bytes();
    if (y.elements() == 0) {
      return;
    }
    if (y.dense()) {
      stream.zero(address(y), y.elements() * bytes);
      return;
    }
    Extent extent =
        new Extent(y.rows(), (long) y.cols() * bytes, Operands.VECTOR_BYTES, Operands.aligned(y));
    zero.pointer(address(y))
        .i64((long) y.stride() * bytes)
        .i32(extent.rows())
        .i64(extent.cols())
        .i32(extent.vectorFlag());
    extent.launch(zero, stream);
  }
}
