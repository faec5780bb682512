// Gradient norm and AdamW over flat float32 state.
#pragma once
#include "rows.cuh"

// blocks[i] = sum of squares of the i-th `size` elements of x, in float64; a warp per block. Each lane adds
// the same elements in the same order whether it reads them four at a time or not.
KERNEL(sum_of_squares, 256)(double* blocks, const float* x, int size, long long n, int vector) {
  int lane = threadIdx.x % 32;
  long long count = (n + size - 1) / size, warps = (long long)gridDim.x * (blockDim.x / 32);
  for (long long b = (long long)blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32; b < count; b += warps) {
    const float* at = x + b * size;
    int length = (int)min((long long)size, n - b * size);
    double sum = 0;
    UNROLL_BY_4 for (int i = 4 * lane; i < length; i += 128) {
      float v[4] = {};
      if (vector && i + 4 <= length) {
        load_floats(v, at + i);
      } else {
        UNROLL for (int k = 0; k < 4; k++) v[k] = i + k < length ? at[i + k] : 0.0f;
      }
      UNROLL for (int k = 0; k < 4; k++) sum += (double)v[k] * (double)v[k];
    }
    sum = warp_sum(sum);
    if (lane == 0) blocks[b] = sum;
  }
}

// AdamW (Loshchilov and Hutter 2019). rate = lr / (1 - beta1^t), root_scale = 1/sqrt(1 - beta2^t), keep =
// 1 - lr * decay. value receives the new weights in its type; it may be master.
template <class T>
DEVICE void adamw(T* value, float* master, float* exp_avg, float* exp_avg_sq, const float* grad, long long n, float beta1, float beta2, float rest1, float rest2, float grad_scale, float keep, float rate, float root_scale, float eps, int vector) {
  for_elements<4>(1, n, vector, [&](auto width, int, long long c) {
    constexpr int W = width.value;
    float w[W], m[W], v[W], g[W];
    load_floats(w, master + c);
    load_floats(m, exp_avg + c);
    load_floats(v, exp_avg_sq + c);
    load_floats(g, grad + c);
    UNROLL for (int i = 0; i < W; i++) {
      g[i] *= grad_scale;
      m[i] = m[i] * beta1 + g[i] * rest1;
      v[i] = v[i] * beta2 + g[i] * g[i] * rest2;
      w[i] = w[i] * keep - m[i] * rate / (sqrtf(v[i]) * root_scale + eps);
    }
    store_floats(exp_avg + c, m);
    store_floats(exp_avg_sq + c, v);
    store_floats(master + c, w);
    if ((void*)value != (void*)master) store_floats(value + c, w);
  });
}

KERNEL(adamw_f32, 256)(float* value, float* master, float* exp_avg, float* exp_avg_sq, const float* grad, long long n, float beta1, float beta2, float rest1, float rest2, float grad_scale, float keep, float rate, float root_scale, float eps, int vector) {
  adamw(value, master, exp_avg, exp_avg_sq, grad, n, beta1, beta2, rest1, rest2, grad_scale, keep, rate, root_scale, eps, vector);
}
KERNEL(adamw_bf16, 256)(bf16* value, float* master, float* exp_avg, float* exp_avg_sq, const float* grad, long long n, float beta1, float beta2, float rest1, float rest2, float grad_scale, float keep, float rate, float root_scale, float eps, int vector) {
  adamw(value, master, exp_avg, exp_avg_sq, grad, n, beta1, beta2, rest1, rest2, grad_scale, keep, rate, root_scale, eps, vector);
}
