package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;

/** A kernel in its instances for float32 and bfloat16 elements. */
record TypedKernel(CudaKernel float32, CudaKernel bfloat16) {

  /** The instances {@code name_f32} and {@code name_bf16}. */
  static TypedKernel of(CudaModule module, String name) {
    return new TypedKernel(module.kernel(name + "_f32"), module.kernel(name + "_bf16"));
  }

  /** The instance for a type. */
  CudaKernel of(DataType type) {
    return switch (type) {
      case FLOAT32 -> float32;
      case BFLOAT16 -> bfloat16;
      case FLOAT64, INT32, INT8 -> throw new IllegalArgumentException("no arithmetic on " + type);
    };
  }
}
