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

// A range of parameters; AdamTable.java writes it.
struct AdamRange {
  void* value;  // receives the new weights in its type; may be master
  float* master;
  float* exp_avg;
  float* exp_avg_sq;
  const float* grad;
  long long n;
  long long first_piece;  // pieces of the ranges before
  float keep;             // 1 - lr * decay
  int vector;
};
static_assert(sizeof(AdamRange) == 64, "AdamTable.java writes 64 bytes");

constexpr int ADAM_PIECE = 8192;  // elements a block

// AdamW (Loshchilov and Hutter 2019) over many ranges, a block for each piece of them. rate = lr / (1 -
// beta1^t), root_scale = 1/sqrt(1 - beta2^t).
template <class T>
DEVICE void adamw(const AdamRange* ranges, int count, float beta1, float beta2, float rest1, float rest2, float grad_scale, float rate, float root_scale, float eps) {
  int low = 0, high = count;  // the piece's range is in [low, high): the last that starts at it or before
  while (high - low > 1) {
    int middle = (low + high) / 2;
    if (ranges[middle].first_piece <= (long long)blockIdx.x) low = middle;
    else high = middle;
  }
  AdamRange range = ranges[low];
  long long start = ((long long)blockIdx.x - range.first_piece) * ADAM_PIECE;
  int n = (int)min((long long)ADAM_PIECE, range.n - start);
  auto update = [&](auto width, long long c) {
    constexpr int W = width.value;
    float w[W], m[W], v[W], g[W];
    load_floats(w, range.master + c);
    load_floats(m, range.exp_avg + c);
    load_floats(v, range.exp_avg_sq + c);
    load_floats(g, range.grad + c);
    UNROLL for (int i = 0; i < W; i++) {
      g[i] *= grad_scale;
      m[i] = m[i] * beta1 + g[i] * rest1;
      v[i] = v[i] * beta2 + g[i] * g[i] * rest2;
      w[i] = w[i] * range.keep - m[i] * rate / (sqrtf(v[i]) * root_scale + eps);
    }
    store_floats(range.exp_avg + c, m);
    store_floats(range.exp_avg_sq + c, v);
    store_floats(range.master + c, w);
    if (range.value != (void*)range.master) store_floats((T*)range.value + c, w);
  };
  int packs = range.vector ? n / 4 : 0;
  for (int p = threadIdx.x; p < packs; p += blockDim.x) update(Width<4>{}, start + 4 * p);
  for (int i = 4 * packs + threadIdx.x; i < n; i += blockDim.x) update(Width<1>{}, start + i);
}

KERNEL(adamw_f32, 256)(const AdamRange* ranges, int count, float beta1, float beta2, float rest1, float rest2, float grad_scale, float rate, float root_scale, float eps) {
  adamw<float>(ranges, count, beta1, beta2, rest1, rest2, grad_scale, rate, root_scale, eps);
}
KERNEL(adamw_bf16, 256)(const AdamRange* ranges, int count, float beta1, float beta2, float rest1, float rest2, float grad_scale, float rate, float root_scale, float eps) {
  adamw<bf16>(ranges, count, beta1, beta2, rest1, rest2, grad_scale, rate, root_scale, eps);
}
