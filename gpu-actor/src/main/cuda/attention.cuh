// Attention's kernels, one instance a head size. FlashTiles.java knows their tiles: a block's own rows
// are 64 times the second argument, the rows of the other side that it reads at a time are the third.
// The grid has a block for each tile of own rows of each head (keys: each kv head) of each sequence.
#pragma once
#include "attention_backward.cuh"
#include "attention_delta.cuh"
#include "attention_forward.cuh"
#include "attention_plain.cuh"

#define ATTENTION_SHAPE int queries, int keys, int capacity, int heads, int kv_heads, float scale
#define CAUSAL attention::Shape{queries, keys, capacity, heads, kv_heads, scale}

#define ATTENTION_FORWARD(T) T *out, float *lse, const T *q, const T *k, const T *v, \
    int out_stride, int q_stride, int k_stride, int v_stride, ATTENTION_SHAPE
#define ATTENTION_FORWARD_OF {out, out_stride}, lse, {q, q_stride}, {k, k_stride}, {v, v_stride}

KERNEL(flash_forward_bf16_32, 128)(ATTENTION_FORWARD(bf16)) { attention::flash_forward<32, 2, 64>(ATTENTION_FORWARD_OF, CAUSAL); }
KERNEL(flash_forward_bf16_64, 128)(ATTENTION_FORWARD(bf16)) { attention::flash_forward<64, 2, 64>(ATTENTION_FORWARD_OF, CAUSAL); }
KERNEL(flash_forward_bf16_80, 128)(ATTENTION_FORWARD(bf16)) { attention::flash_forward<80, 2, 64>(ATTENTION_FORWARD_OF, CAUSAL); }
KERNEL(flash_forward_bf16_96, 128)(ATTENTION_FORWARD(bf16)) { attention::flash_forward<96, 2, 64>(ATTENTION_FORWARD_OF, CAUSAL); }
KERNEL(flash_forward_bf16_128, 128)(ATTENTION_FORWARD(bf16)) { attention::flash_forward<128, 2, 64>(ATTENTION_FORWARD_OF, CAUSAL); }
KERNEL(flash_forward_bf16_256, 128)(ATTENTION_FORWARD(bf16)) { attention::flash_forward<256, 1, 32>(ATTENTION_FORWARD_OF, CAUSAL); }
KERNEL(attention_forward_bf16, 128)(ATTENTION_FORWARD(bf16), int hd) { attention::plain_forward<bf16>(ATTENTION_FORWARD_OF, CAUSAL, hd); }
KERNEL(attention_forward_f32, 128)(ATTENTION_FORWARD(float), int hd) { attention::plain_forward<float>(ATTENTION_FORWARD_OF, CAUSAL, hd); }

#define ATTENTION_DELTA(T) float *delta, const T *dout, const T *out, int dout_stride, int out_stride, \
    int sequences, int queries, int heads, int hd
#define ATTENTION_DELTA_OF delta, dout, out, dout_stride, out_stride, sequences, queries, heads, hd

KERNEL(attention_delta_bf16_wide, 256)(ATTENTION_DELTA(bf16)) { attention::delta<true>(ATTENTION_DELTA_OF); }
KERNEL(attention_delta_bf16, 256)(ATTENTION_DELTA(bf16)) { attention::delta<false>(ATTENTION_DELTA_OF); }
KERNEL(attention_delta_f32, 256)(ATTENTION_DELTA(float)) { attention::delta<false>(ATTENTION_DELTA_OF); }

#define ATTENTION_QUERIES(T) T *dq, const T *dout, const float *lse, const float *delta, const T *q, const T *k, const T *v, \
    int dq_stride, int dout_stride, int q_stride, int k_stride, int v_stride, ATTENTION_SHAPE
#define ATTENTION_QUERIES_OF {dq, dq_stride}, {dout, dout_stride}, lse, delta, \
    {q, q_stride}, {k, k_stride}, {v, v_stride}

KERNEL(flash_backward_queries_bf16_32, 128)(ATTENTION_QUERIES(bf16)) { attention::flash_backward_queries<32, 2, 32>(ATTENTION_QUERIES_OF, CAUSAL); }
KERNEL(flash_backward_queries_bf16_64, 128)(ATTENTION_QUERIES(bf16)) { attention::flash_backward_queries<64, 2, 32>(ATTENTION_QUERIES_OF, CAUSAL); }
KERNEL(flash_backward_queries_bf16_80, 128)(ATTENTION_QUERIES(bf16)) { attention::flash_backward_queries<80, 1, 32>(ATTENTION_QUERIES_OF, CAUSAL); }
KERNEL(flash_backward_queries_bf16_96, 128)(ATTENTION_QUERIES(bf16)) { attention::flash_backward_queries<96, 1, 32>(ATTENTION_QUERIES_OF, CAUSAL); }
KERNEL(flash_backward_queries_bf16_128, 128)(ATTENTION_QUERIES(bf16)) { attention::flash_backward_queries<128, 1, 32>(ATTENTION_QUERIES_OF, CAUSAL); }
KERNEL(flash_backward_queries_bf16_256, 128)(ATTENTION_QUERIES(bf16)) { attention::flash_backward_queries<256, 1, 32>(ATTENTION_QUERIES_OF, CAUSAL); }
KERNEL(attention_backward_queries_bf16, 128)(ATTENTION_QUERIES(bf16), int hd) { attention::plain_backward_queries<bf16>(ATTENTION_QUERIES_OF, CAUSAL, hd); }
KERNEL(attention_backward_queries_f32, 128)(ATTENTION_QUERIES(float), int hd) { attention::plain_backward_queries<float>(ATTENTION_QUERIES_OF, CAUSAL, hd); }

#define ATTENTION_KEYS(T) T *dk, T *dv, const T *dout, const float *lse, const float *delta, const T *q, const T *k, const T *v, \
    int dk_stride, int dv_stride, int dout_stride, int q_stride, int k_stride, int v_stride, ATTENTION_SHAPE
#define ATTENTION_KEYS_OF {dk, dk_stride}, {dv, dv_stride}, {dout, dout_stride}, lse, delta, \
    {q, q_stride}, {k, k_stride}, {v, v_stride}

KERNEL(flash_backward_keys_bf16_32, 128)(ATTENTION_KEYS(bf16)) { attention::flash_backward_keys<32, 2, 32>(ATTENTION_KEYS_OF, CAUSAL); }
KERNEL(flash_backward_keys_bf16_64, 128)(ATTENTION_KEYS(bf16)) { attention::flash_backward_keys<64, 2, 32>(ATTENTION_KEYS_OF, CAUSAL); }
KERNEL(flash_backward_keys_bf16_80, 128)(ATTENTION_KEYS(bf16)) { attention::flash_backward_keys<80, 1, 64>(ATTENTION_KEYS_OF, CAUSAL); }
KERNEL(flash_backward_keys_bf16_96, 128)(ATTENTION_KEYS(bf16)) { attention::flash_backward_keys<96, 1, 32>(ATTENTION_KEYS_OF, CAUSAL); }
KERNEL(flash_backward_keys_bf16_128, 128)(ATTENTION_KEYS(bf16)) { attention::flash_backward_keys<128, 1, 32>(ATTENTION_KEYS_OF, CAUSAL); }
// Sums of both dk and dv do not fit in the registers of four warps: a pass for each.
KERNEL(flash_backward_keys_bf16_256, 128)(ATTENTION_KEYS(bf16)) { attention::flash_backward_keys<256, 1, 32, true, false>(ATTENTION_KEYS_OF, CAUSAL); }
KERNEL(flash_backward_values_bf16_256, 128)(ATTENTION_KEYS(bf16)) { attention::flash_backward_keys<256, 1, 32, false, true>(ATTENTION_KEYS_OF, CAUSAL); }
KERNEL(attention_backward_keys_bf16, 128)(ATTENTION_KEYS(bf16), int hd) { attention::plain_backward_keys<bf16>(ATTENTION_KEYS_OF, CAUSAL, hd); }
KERNEL(attention_backward_keys_f32, 128)(ATTENTION_KEYS(float), int hd) { attention::plain_backward_keys<float>(ATTENTION_KEYS_OF, CAUSAL, hd); }
