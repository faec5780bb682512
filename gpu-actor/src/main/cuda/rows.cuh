// How threads share out the rows of a matrix, and sums over a block.
#pragma once
#include "pack.cuh"

// Row r of a matrix whose rows are `stride` elements apart.
template <class T> DEVICE T* row(T* matrix, long long r, int stride) { return matrix + r * stride; }

// body(Width<W>, r, c) for packs of W elements and body(Width<1>, r, c) for those left over in a row.
// The grid's x goes along a row, its y over the rows. Not `vector`: all elements one by one.
template <int W, class Body> DEVICE void for_elements(int rows, long long cols, int vector, Body body) {
  long long thread = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  long long threads = (long long)gridDim.x * blockDim.x;
  long long packs = vector ? cols / W : 0;
  for (int r = blockIdx.y; r < rows; r += gridDim.y) {
    for (long long p = thread; p < packs; p += threads) body(Width<W>{}, r, p * W);
    for (long long c = packs * W + thread; c < cols; c += threads) body(Width<1>{}, r, c);
  }
}

// The sum over the block's threads, whole warps, in every thread; always in the same order.
DEVICE float block_sum(float v) {
  __shared__ float parts[32];
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
  v = warp_sum(v);
  if (lane == 0) parts[warp] = v;
  sync_block();
  v = warp_sum(lane < warps ? parts[lane] : 0.0f);
  sync_block();
  return v;
}

DEVICE float block_max(float v) {
  __shared__ float parts[32];
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
  v = warp_max(v);
  if (lane == 0) parts[warp] = v;
  sync_block();
  v = warp_max(lane < warps ? parts[lane] : -INFINITY);
  sync_block();
  return v;
}
