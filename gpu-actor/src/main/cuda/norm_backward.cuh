// Backward of RMSNorm: dx row by row; the gain's gradient as one partial sum a block, then the partial
// sums in a fixed order.
#pragma once
#include "norm.cuh"

// Rows blockIdx.x, blockIdx.x + gridDim.x, ... A thread always has the same columns, so that it sums their
// part of the gain's gradient alone: in registers, and beyond these in its block's row of `partials`.
template <class T, int W>
DEVICE void norm_backward_rows(T* dx, int dx_stride, float* partials, const T* dy, int dy_stride, const T* x, int x_stride, const float* rstd, const T* gain, int add_dx, int rows, int d) {
  int packs = d / W, step = blockDim.x;
  float* partial = partials + (long long)blockIdx.x * d;
  float sums[NORM_KEPT][W] = {};
  for (int r = blockIdx.x; r < rows; r += gridDim.x) {
    const T* x_row = row(x, r, x_stride);
    const T* dy_row = row(dy, r, dy_stride);
    T* dx_row = row(dx, r, dx_stride);
    float s = rstd[r], dot = 0;
    // Adds a pack to dot(dy * gain, x) and to the gain's gradient.
    auto gather = [&](int p, const Pack<T, W>& x_pack, const Pack<T, W>& dy_pack, float (&sum)[W]) {
      float v[W], g[W], w[W];
      unpack(v, x_pack);
      unpack(g, dy_pack);
      load_floats(w, gain + p * W);
      UNROLL for (int i = 0; i < W; i++) {
        dot = fmaf(g[i] * w[i], v[i], dot);
        sum[i] = fmaf(g[i] * v[i], s, sum[i]);
      }
    };
    Pack<T, W> kept_x[NORM_KEPT], kept_dy[NORM_KEPT];
    UNROLL for (int k = 0; k < NORM_KEPT; k++) {
      int p = threadIdx.x + k * step;
      if (p < packs) {
        kept_x[k] = load_pack<W>(x_row + p * W);
        kept_dy[k] = load_pack<W>(dy_row + p * W);
      }
    }
    UNROLL for (int k = 0; k < NORM_KEPT; k++) {
      int p = threadIdx.x + k * step;
      if (p < packs) gather(p, kept_x[k], kept_dy[k], sums[k]);
    }
    for (int p = threadIdx.x + NORM_KEPT * step; p < packs; p += step) {
      float sum[W] = {};
      if (r != (int)blockIdx.x) load_floats(sum, partial + p * W);
      gather(p, load_pack<W>(x_row + p * W), load_pack<W>(dy_row + p * W), sum);
      store_floats(partial + p * W, sum);
    }
    float k3 = -s * s * s * block_sum(dot) / d;
    auto store = [&](int p, const Pack<T, W>& x_pack, const Pack<T, W>& dy_pack) {
      float v[W], g[W], w[W];
      unpack(v, x_pack);
      unpack(g, dy_pack);
      load_floats(w, gain + p * W);
      UNROLL for (int i = 0; i < W; i++) v[i] = fmaf(v[i], k3, g[i] * w[i] * s);
      if (add_dx) {
        float old[W];
        load_floats(old, dx_row + p * W);
        UNROLL for (int i = 0; i < W; i++) v[i] += old[i];
      }
      store_floats(dx_row + p * W, v);
    };
    UNROLL for (int k = 0; k < NORM_KEPT; k++) {
      int p = threadIdx.x + k * step;
      if (p < packs) store(p, kept_x[k], kept_dy[k]);
    }
    for (int p = threadIdx.x + NORM_KEPT * step; p < packs; p += step) {
      store(p, load_pack<W>(x_row + p * W), load_pack<W>(dy_row + p * W));
    }
  }
  UNROLL for (int k = 0; k < NORM_KEPT; k++) {
    int p = threadIdx.x + k * step;
    if (p < packs) store_floats(partial + p * W, sums[k]);
  }
}

template <class T>
DEVICE void rms_norm_backward(T* dx, int dx_stride, float* partials, const T* dy, int dy_stride, const T* x, int x_stride, const float* rstd, const T* gain, int add_dx, int rows, int d, int vector) {
  if (vector) norm_backward_rows<T, WIDTH<T>>(dx, dx_stride, partials, dy, dy_stride, x, x_stride, rstd, gain, add_dx, rows, d);
  else norm_backward_rows<T, 1>(dx, dx_stride, partials, dy, dy_stride, x, x_stride, rstd, gain, add_dx, rows, d);
}

KERNEL(rms_norm_backward_f32, 256)(float* dx, int dx_stride, float* partials, const float* dy, int dy_stride, const float* x, int x_stride, const float* rstd, const float* gain, int add_dx, int rows, int d, int vector) {
  rms_norm_backward(dx, dx_stride, partials, dy, dy_stride, x, x_stride, rstd, gain, add_dx, rows, d, vector);
}
KERNEL(rms_norm_backward_bf16, 256)(bf16* dx, int dx_stride, float* partials, const bf16* dy, int dy_stride, const bf16* x, int x_stride, const float* rstd, const bf16* gain, int add_dx, int rows, int d, int vector) {
  rms_norm_backward(dx, dx_stride, partials, dy, dy_stride, x, x_stride, rstd, gain, add_dx, rows, d, vector);
}

// d_gain (+)= the sum of the rows of partials (parts, d). A block has 32 columns; warp w sums rows w,
// w + 8, ..., then the eight sums are added in order.
KERNEL(sum_partials, 256)(float* d_gain, const float* partials, int parts, int d, int onto) {
  __shared__ float sums[8][32];
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  int column = blockIdx.x * 32 + lane;
  float sum = 0;
  if (column < d) {
    UNROLL for (int p = warp; p < parts; p += 8) sum += partials[(long long)p * d + column];
  }
  sums[warp][lane] = sum;
  sync_block();
  if (warp == 0 && column < d) {
    sum = onto ? d_gain[column] : 0.0f;
    UNROLL for (int w = 0; w < 8; w++) sum += sums[w][lane];
    d_gain[column] = sum;
  }
}
