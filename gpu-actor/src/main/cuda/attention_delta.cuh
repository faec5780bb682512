// delta = row sums of dout * out, one number a query and head: what the backward of softmax subtracts.
#pragma once
#include "attention_tiles.cuh"

namespace attention {

constexpr int DELTA_LANES = 8;  // lanes a row of a head

// Rows that are aligned to 16 bytes, eight elements at a time.
DEVICE float wide_dot(const bf16* a, const bf16* b, int hd, int lane) {
  float sum = 0;
  for (int d = lane * 8; d < hd; d += DELTA_LANES * 8) {
    Words4 x = load_words(a + d), y = load_words(b + d);
    UNROLL
    for (int i = 0; i < 4; i++) {
      sum = fmaf(to_float(bf16{(unsigned short)x.w[i]}), to_float(bf16{(unsigned short)y.w[i]}), sum);
      sum = fmaf(to_float(bf16{(unsigned short)(x.w[i] >> 16)}), to_float(bf16{(unsigned short)(y.w[i] >> 16)}), sum);
    }
  }
  return sum;
}
template <class T> DEVICE float plain_dot(const T* a, const T* b, int hd, int lane) {
  float sum = 0;
  for (int d = lane; d < hd; d += DELTA_LANES) sum = fmaf(to_float(a[d]), to_float(b[d]), sum);
  return sum;
}

// dout, out (sequences * queries, heads * hd); delta (sequences * heads, queries).
// grid: sequences * queries * heads rows of heads, blockDim / DELTA_LANES a block.
template <bool WIDE, class T> DEVICE void delta(float* delta, const T* dout, const T* out, int dout_stride, int out_stride,
    int sequences, int queries, int heads, int hd) {
  long long item = ((long long)blockIdx.x * blockDim.x + threadIdx.x) / DELTA_LANES;
  bool inside = item < (long long)sequences * queries * heads;
  long long row = item / heads;
  int head = (int)(item % heads), lane = (int)threadIdx.x % DELTA_LANES;
  float sum = 0;
  if (inside) {
    const T* a = dout + row * dout_stride + (long long)head * hd;
    const T* b = out + row * out_stride + (long long)head * hd;
    if constexpr (WIDE) sum = wide_dot(a, b, hd, lane);
    else sum = plain_dot(a, b, hd, lane);
  }
  for (int o = DELTA_LANES / 2; o > 0; o >>= 1) sum += shuffle_xor(sum, o);
  if (inside && lane == 0) delta[(row / queries * heads + head) * queries + row % queries] = sum;
}

}  // namespace attention
