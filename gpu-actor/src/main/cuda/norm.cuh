// RMSNorm (Zhang and Sennrich 2019): a block per row, the row in registers as far as they hold it.
#pragma once
#include "rows.cuh"

// Packs of a row that a thread keeps: 8192 bfloat16 or 4096 float32 a block of 256. What a longer row has
// more is read a second time, from the cache.
constexpr int NORM_KEPT = 4;

template <class T, int W>
DEVICE void norm_row(T* sum, T* y, float* rstd, const T* x, const T* delta, const T* gain, float eps, int d) {
  int packs = d / W, step = blockDim.x;
  const T* normed = delta ? sum : x;
  // x + delta is rounded to its type first: the statistics are those of what backward will read.
  auto load = [&](int p) {
    Pack<T, W> pack = load_pack<W>(x + p * W);
    if (delta) {
      float v[W], more[W];
      unpack(v, pack);
      load_floats(more, delta + p * W);
      UNROLL for (int i = 0; i < W; i++) v[i] += more[i];
      round_into(pack, v);
      store_pack(sum + p * W, pack);
    }
    return pack;
  };
  float squares = 0;
  auto square = [&](const Pack<T, W>& pack) {
    float v[W];
    unpack(v, pack);
    UNROLL for (int i = 0; i < W; i++) squares = fmaf(v[i], v[i], squares);
  };
  Pack<T, W> kept[NORM_KEPT];
  UNROLL for (int k = 0; k < NORM_KEPT; k++) {
    int p = threadIdx.x + k * step;
    if (p < packs) kept[k] = load(p);
  }
  UNROLL for (int k = 0; k < NORM_KEPT; k++) {
    if ((int)threadIdx.x + k * step < packs) square(kept[k]);
  }
  for (int p = threadIdx.x + NORM_KEPT * step; p < packs; p += step) square(load(p));
  float s = 1.0f / sqrtf(block_sum(squares) / d + eps);
  if (threadIdx.x == 0) *rstd = s;
  auto store = [&](int p, const Pack<T, W>& pack) {
    float v[W], g[W];
    unpack(v, pack);
    load_floats(g, gain + p * W);
    UNROLL for (int i = 0; i < W; i++) v[i] = v[i] * s * g[i];
    store_floats(y + p * W, v);
  };
  UNROLL for (int k = 0; k < NORM_KEPT; k++) {
    int p = threadIdx.x + k * step;
    if (p < packs) store(p, kept[k]);
  }
  for (int p = threadIdx.x + NORM_KEPT * step; p < packs; p += step) store(p, load_pack<W>(normed + p * W));
}

// y = x * rstd * gain with rstd = 1/sqrt(mean(x^2) + eps). With a delta, x + delta is normed and written
// to sum, which may be x. delta 0: no delta.
template <class T>
DEVICE void rms_norm(T* sum, int sum_stride, T* y, int y_stride, float* rstd, const T* x, int x_stride, const T* delta, int delta_stride, const T* gain, float eps, int rows, int d, int vector) {
  for (int r = blockIdx.x; r < rows; r += gridDim.x) {
    T* sum_row = delta ? row(sum, r, sum_stride) : sum;
    const T* delta_row = delta ? row(delta, r, delta_stride) : delta;
    T* y_row = row(y, r, y_stride);
    const T* x_row = row(x, r, x_stride);
    if (vector) norm_row<T, WIDTH<T>>(sum_row, y_row, rstd + r, x_row, delta_row, gain, eps, d);
    else norm_row<T, 1>(sum_row, y_row, rstd + r, x_row, delta_row, gain, eps, d);
  }
}

KERNEL(rms_norm_f32, 256)(float* sum, int sum_stride, float* y, int y_stride, float* rstd, const float* x, int x_stride, const float* delta, int delta_stride, const float* gain, float eps, int rows, int d, int vector) {
  rms_norm(sum, sum_stride, y, y_stride, rstd, x, x_stride, delta, delta_stride, gain, eps, rows, d, vector);
}
KERNEL(rms_norm_bf16, 256)(bf16* sum, int sum_stride, bf16* y, int y_stride, float* rstd, const bf16* x, int x_stride, const bf16* delta, int delta_stride, const bf16* gain, float eps, int rows, int d, int vector) {
  rms_norm(sum, sum_stride, y, y_stride, rstd, x, x_stride, delta, delta_stride, gain, eps, rows, d, vector);
}

// y = x * rstd * gain with a known rstd.
template <class T>
DEVICE void rms_norm_apply(T* y, int y_stride, const T* x, int x_stride, const float* rstd, const T* gain, int rows, int d, int vector) {
  for_elements<WIDTH<T>>(rows, d, vector, [&](auto width, int r, long long c) {
    float v[width.value], g[width.value], s = rstd[r];
    load_floats(v, row(x, r, x_stride) + c);
    load_floats(g, gain + c);
    UNROLL for (int i = 0; i < width.value; i++) v[i] = v[i] * s * g[i];
    store_floats(row(y, r, y_stride) + c, v);
  });
}

KERNEL(rms_norm_apply_f32, 256)(float* y, int y_stride, const float* x, int x_stride, const float* rstd, const float* gain, int rows, int d, int vector) {
  rms_norm_apply(y, y_stride, x, x_stride, rstd, gain, rows, d, vector);
}
KERNEL(rms_norm_apply_bf16, 256)(bf16* y, int y_stride, const bf16* x, int x_stride, const float* rstd, const bf16* gain, int rows, int d, int vector) {
  rms_norm_apply(y, y_stride, x, x_stride, rstd, gain, rows, d, vector);
}
