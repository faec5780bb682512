// Vocabulary-parallel cross-entropy in three passes over float32 logits (rows, cols); a block per row in
// the first two. Between them the group's ranks reduce max and sums.
#pragma once
#include "rows.cuh"

// Packs of four among the first n columns.
DEVICE int whole_packs(int n, int vector) { return vector ? n / 4 : 0; }

// max[r] = greatest of the first `valid` logits; -inf where there are none.
KERNEL(row_max, 1024)(float* max, const float* logits, int stride, int rows, int valid, int vector) {
  for (int r = blockIdx.x; r < rows; r += gridDim.x) {
    const float* x = row(logits, r, stride);
    int packs = whole_packs(valid, vector);
    float greatest = -INFINITY;
    UNROLL_BY_4 for (int p = threadIdx.x; p < packs; p += blockDim.x) {
      float v[4];
      load_floats(v, x + 4 * p);
      greatest = fmaxf(greatest, fmaxf(fmaxf(v[0], v[1]), fmaxf(v[2], v[3])));
    }
    for (int c = 4 * packs + threadIdx.x; c < valid; c += blockDim.x) greatest = fmaxf(greatest, x[c]);
    greatest = block_max(greatest);
    if (threadIdx.x == 0) max[r] = greatest;
  }
}

// logits = exp(logits - max) in place, zero from column `valid` on; sums[0][r] = their sum, sums[1][r] =
// the target's logit - max where the target is one of the valid columns here, else 0.
KERNEL(exp_sum, 1024)(float* sums, int sums_stride, float* logits, int stride, const float* max, const int* targets, int targets_stride, int first, int rows, int valid, int cols, int vector) {
  for (int r = blockIdx.x; r < rows; r += gridDim.x) {
    float* x = row(logits, r, stride);
    float m = max[r], sum = 0;
    if (threadIdx.x == 0) {
      int target = targets[(long long)r * targets_stride] - first;
      sums[sums_stride + r] = target >= 0 && target < valid ? x[target] - m : 0.0f;
    }
    sync_block();  // the target's logit is read before it is overwritten
    int packs = whole_packs(valid, vector);
    UNROLL_BY_4 for (int p = threadIdx.x; p < packs; p += blockDim.x) {
      float v[4];
      load_floats(v, x + 4 * p);
      UNROLL for (int i = 0; i < 4; i++) sum += v[i] = expf(v[i] - m);
      store_floats(x + 4 * p, v);
    }
    for (int c = 4 * packs + threadIdx.x; c < valid; c += blockDim.x) sum += x[c] = expf(x[c] - m);
    for (int c = valid + threadIdx.x; c < cols; c += blockDim.x) x[c] = 0;
    sum = block_sum(sum);
    if (threadIdx.x == 0) sums[r] = sum;
  }
}

// d = (exp / sum - onehot(target)) * scale in d's type, losses[r] = log(sum) - target's logit. d may be
// exps.
template <class T>
DEVICE void cross_entropy_backward(T* d, int d_stride, float* losses, const float* exps, int stride, const float* sums, int sums_stride, const int* targets, int targets_stride, int first, float scale, int rows, int cols, int vector) {
  for_elements<4>(rows, cols, vector, [&](auto width, int r, long long c) {
    float v[width.value], sum = sums[r], factor = scale / sum;
    load_floats(v, row(exps, r, stride) + c);
    long long target = (long long)targets[(long long)r * targets_stride] - first - c;
    UNROLL for (int i = 0; i < width.value; i++) {
      v[i] *= factor;
      if (target == i) v[i] -= scale;
    }
    store_floats(row(d, r, d_stride) + c, v);
    if (c == 0) losses[r] = logf(sum) - sums[sums_stride + r];
  });
}

KERNEL(cross_entropy_backward_f32, 256)(float* d, int d_stride, float* losses, const float* exps, int stride, const float* sums, int sums_stride, const int* targets, int targets_stride, int first, float scale, int rows, int cols, int vector) {
  cross_entropy_backward(d, d_stride, losses, exps, stride, sums, sums_stride, targets, targets_stride, first, scale, rows, cols, vector);
}
KERNEL(cross_entropy_backward_bf16, 256)(bf16* d, int d_stride, float* losses, const float* exps, int stride, const float* sums, int sums_stride, const int* targets, int targets_stride, int first, float scale, int rows, int cols, int vector) {
  cross_entropy_backward(d, d_stride, losses, exps, stride, sums, sums_stride, targets, targets_stride, first, scale, rows, cols, vector);
}
