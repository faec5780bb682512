// The sum of an exact reduction.
#pragma once
#include "rows.cuh"

// out = ((out + p0) + p1) + ... where onto, else (p0 + p1) + ...; part k starts k * part_stride elements
// after the first. Each element's additions are in the order of the parts.
KERNEL(ordered_sum, 256)(float* out, const float* parts, long long part_stride, int count, long long n, int onto, int vector) {
  for_elements<4>(1, n, vector, [&](auto width, int, long long c) {
    constexpr int W = width.value;
    float sum[W];
    const float* part = parts + c;
    load_floats(sum, onto ? out + c : part);
    if (!onto) part += part_stride;
    UNROLL_BY_4 for (int left = onto ? count : count - 1; left > 0; left--, part += part_stride) {
      float v[W];
      load_floats(v, part);
      UNROLL for (int i = 0; i < W; i++) sum[i] += v[i];
    }
    store_floats(out + c, sum);
  });
}

DEVICE float sum_of(float a, float b) { return a + b; }
DEVICE double sum_of(double a, double b) { return a + b; }
DEVICE int sum_of(int a, int b) { return (int)((u32)a + (u32)b); }

DEVICE float widen(bf16 x) { return to_float(x); }
DEVICE double widen(double x) { return x; }
DEVICE int widen(int x) { return x; }
DEVICE void narrow(bf16& to, float x) { to = to_bf16(x); }
DEVICE void narrow(double& to, double x) { to = x; }
DEVICE void narrow(int& to, int x) { to = x; }

// The same for other types, an element at a time; bf16 is summed as float32 and rounded once.
template <class T, class A> DEVICE void ordered_sum_of(T* out, const T* parts, long long part_stride, int count, long long n, int onto) {
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += (long long)gridDim.x * blockDim.x) {
    A sum = onto ? widen(out[i]) : widen(parts[i]);
    for (int p = onto ? 0 : 1; p < count; p++) sum = sum_of(sum, widen(parts[p * part_stride + i]));
    narrow(out[i], sum);
  }
}

KERNEL(ordered_sum_bf16, 256)(bf16* out, const bf16* parts, long long part_stride, int count, long long n, int onto) {
  ordered_sum_of<bf16, float>(out, parts, part_stride, count, n, onto);
}
KERNEL(ordered_sum_f64, 256)(double* out, const double* parts, long long part_stride, int count, long long n, int onto) {
  ordered_sum_of<double, double>(out, parts, part_stride, count, n, onto);
}
KERNEL(ordered_sum_i32, 256)(int* out, const int* parts, long long part_stride, int count, long long n, int onto) {
  ordered_sum_of<int, int>(out, parts, part_stride, count, n, onto);
}
