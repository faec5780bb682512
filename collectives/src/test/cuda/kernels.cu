// Kernels for the tests of the runtime; they run on the emulated GPU only.
#include "shim.h"

#include "ordered_sum.cuh"

// y[i] = a x[i] + y[i]
KERNEL(axpy, 256)(float* y, const float* x, float a, long long count) {
  long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) y[i] += a * x[i];
}

// Counts up, so that a launch that ran twice, or not at all, shows.
KERNEL(increment, 1)(int* cell) { *cell += 1; }

// Sums a block's values through dynamic shared memory.
KERNEL(block_sum, 1024)(double* sums, const float* x, int count) {
  DYNAMIC_SHARED(memory);
  double* values = (double*)memory;
  int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  values[threadIdx.x] = i < count ? (double)x[i] : 0.0;
  sync_block();
  for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) values[threadIdx.x] += values[threadIdx.x + half];
    sync_block();
  }
  if (threadIdx.x == 0) sums[blockIdx.x] = values[0];
}

// Writes every kind of parameter.
KERNEL(parameters, 32)(long long* out, int a, long long b, float c, double d) {
  if (threadIdx.x != 0) return;
  out[0] = a;
  out[1] = b;
  out[2] = (long long)(c * 1000);
  out[3] = (long long)(d * 1000);
}
