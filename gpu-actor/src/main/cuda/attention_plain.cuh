// Attention for float32 and for bf16 whose head size or addresses the tensor-core kernels do not take:
// all arithmetic in fp32, any head size that fits in shared memory. Correct and deterministic, not fast.
// Four warps own four rows each of a tile of 16; a lane takes one of the 32 rows of the other side
// for dot products, and every 32nd column for sums. Needs 16-byte alignment of nothing.
#pragma once
#include "attention_tiles.cuh"

namespace attention {

constexpr int PLAIN_ROWS = 16;   // a block's own rows
constexpr int PLAIN_OTHERS = 32;  // rows of the other side at a time
constexpr int PLAIN_MINE = PLAIN_ROWS / FLASH_WARPS;

// Tiles of fp32 rows in shared memory, one after the other. The width is odd: lanes that read a
// column of different rows meet different banks.
struct PlainTiles {
  float* next;
  int width;
  DEVICE float* rows(int count) { float* at = next; next += count * width; return at; }
  DEVICE float* weights() { float* at = next; next += PLAIN_ROWS * PLAIN_OTHERS; return at; }
};
DEVICE PlainTiles plain_tiles(unsigned char* memory, int own, int weights, int hd) {
  int width = hd | 1;
  require_shared(4 * ((own * PLAIN_ROWS + PLAIN_OTHERS) * width + weights * PLAIN_ROWS * PLAIN_OTHERS));
  return {(float*)memory, width};
}

// Copies `count` rows, zeros from row `valid` on.
template <class T> DEVICE void plain_load(float* tile, int width, Rows<const T> from, int hd, int first, int count, int valid) {
  int lane = (int)threadIdx.x % 32;
  for (int r = (int)threadIdx.x / 32; r < count; r += FLASH_WARPS)
    for (int d = lane; d < hd; d += 32) tile[r * width + d] = first + r < valid ? to_float(from.row(first + r)[d]) : 0;
}
// The same for the shared rows of the other side, between two barriers.
template <class T> DEVICE void plain_exchange(float* tile, int width, Rows<const T> from, int hd, int first, int valid) {
  sync_block();
  plain_load(tile, width, from, hd, first, PLAIN_OTHERS, valid);
  sync_block();
}
DEVICE void plain_clear(float* mine, int width) {
  for (int i = (int)threadIdx.x % 32; i < PLAIN_MINE * width; i += 32) mine[i] = 0;
}

// s[r] = the warp's row r times the lane's row of the other side.
DEVICE void plain_dots(float (&s)[PLAIN_MINE], const float* mine, const float* others, int width, int hd) {
  others += (int)threadIdx.x % 32 * width;
  for (int r = 0; r < PLAIN_MINE; r++) s[r] = 0;
  for (int d = 0; d < hd; d++) {
    float x = others[d];
    UNROLL
    for (int r = 0; r < PLAIN_MINE; r++) s[r] = fmaf(mine[r * width + d], x, s[r]);
  }
}

// Shows the lane's weights to the warp: weights[r][lane] of the warp's rows.
DEVICE void plain_show(float* weights, const float (&p)[PLAIN_MINE]) {
  sync_warp();
  for (int r = 0; r < PLAIN_MINE; r++) weights[r * PLAIN_OTHERS + (int)threadIdx.x % 32] = p[r];
  sync_warp();
}

// sums[r] = sums[r] * keep[r] + weights[r] others, for the warp's rows.
DEVICE void plain_add(float* sums, const float (&keep)[PLAIN_MINE], const float* weights, const float* others, int width, int hd) {
  for (int d = (int)threadIdx.x % 32; d < hd; d += 32) {
    float sum[PLAIN_MINE];
    for (int r = 0; r < PLAIN_MINE; r++) sum[r] = sums[r * width + d] * keep[r];
    for (int j = 0; j < PLAIN_OTHERS; j++) {
      float x = others[j * width + d];
      UNROLL
      for (int r = 0; r < PLAIN_MINE; r++) sum[r] = fmaf(weights[r * PLAIN_OTHERS + j], x, sum[r]);
    }
    for (int r = 0; r < PLAIN_MINE; r++) sums[r * width + d] = sum[r];
  }
}

template <class T> DEVICE void plain_store(Rows<T> to, const float* mine, const float (&factor)[PLAIN_MINE], int width, int hd, int first, int valid) {
  UNROLL_NOT
  for (int r = 0; r < PLAIN_MINE && first + r < valid; r++)
    for (int d = (int)threadIdx.x % 32; d < hd; d += 32) to.row(first + r)[d] = from_float<T>(mine[r * width + d] * factor[r]);
}

template <class T, class S> DEVICE void plain_forward(Rows<T> out, float* lse, Rows<const T> q, Rows<const T> k, Rows<const T> v,
    S shape, int hd) {
  DYNAMIC_SHARED(memory);
  Place place = Place::of_queries(shape, PLAIN_ROWS);
  q = place.queries(q, shape, hd);
  k = place.keys(k, shape, hd);
  v = place.keys(v, shape, hd);
  lse += place.statistics(shape);
  int first = place.first;
  PlainTiles tiles = plain_tiles(memory, 2, 1, hd);
  int width = tiles.width, lane = (int)threadIdx.x % 32, own = (int)threadIdx.x / 32 * PLAIN_MINE;
  float* q_tile = tiles.rows(PLAIN_ROWS);
  float* sums = tiles.rows(PLAIN_ROWS) + own * width;
  float* others = tiles.rows(PLAIN_OTHERS);
  float* weights = tiles.weights() + own * PLAIN_OTHERS;

  float top[PLAIN_MINE], total[PLAIN_MINE], keep[PLAIN_MINE], s[PLAIN_MINE];
  for (int r = 0; r < PLAIN_MINE; r++) {
    top[r] = -__builtin_huge_valf();
    total[r] = 0;
  }
  plain_clear(sums, width);
  plain_load(q_tile, width, q, hd, first, PLAIN_ROWS, shape.queries);
  int visible = shape.offset() + min(first + PLAIN_ROWS, shape.queries);
  int begin = shape.first_key(place.sequence, first) / PLAIN_OTHERS * PLAIN_OTHERS;
  for (int key = begin; key < visible; key += PLAIN_OTHERS) {
    plain_exchange(others, width, k, hd, key, shape.keys);
    plain_dots(s, q_tile + own * width, others, width, hd);
    for (int r = 0; r < PLAIN_MINE; r++) {
      int query = first + own + r;
      bool seen = key + lane <= shape.offset() + query && key + lane >= shape.first_key(place.sequence, query);
      s[r] = seen ? s[r] * shape.scale : -__builtin_huge_valf();
      float highest = fmaxf(top[r], warp_max(s[r]));
      float shift = S::DOCUMENTS && highest == -__builtin_huge_valf() ? 0 : highest;  // no key seen yet
      keep[r] = expf(top[r] - shift);
      top[r] = highest;
      s[r] = expf(s[r] - shift);
      total[r] = total[r] * keep[r] + warp_sum(s[r]);
    }
    plain_show(weights, s);
    plain_exchange(others, width, v, hd, key, shape.keys);
    plain_add(sums, keep, weights, others, width, hd);
  }
  for (int r = 0; r < PLAIN_MINE; r++) {
    keep[r] = 1 / total[r];
    if (lane == 0 && first + own + r < shape.queries) lse[first + own + r] = top[r] + logf(total[r]);
  }
  plain_store(place.queries(out, shape, hd), sums, keep, width, hd, first + own, shape.queries);
}

// dq of 16 queries of one head.
template <class T, class S> DEVICE void plain_backward_queries(Rows<T> dq, Rows<const T> dout, const float* lse, const float* delta,
    Rows<const T> q, Rows<const T> k, Rows<const T> v, S shape, int hd) {
  DYNAMIC_SHARED(memory);
  Place place = Place::of_queries(shape, PLAIN_ROWS);
  q = place.queries(q, shape, hd);
  k = place.keys(k, shape, hd);
  v = place.keys(v, shape, hd);
  dout = place.queries(dout, shape, hd);
  lse += place.statistics(shape);
  delta += place.statistics(shape);
  int first = place.first;
  PlainTiles tiles = plain_tiles(memory, 3, 1, hd);
  int width = tiles.width, lane = (int)threadIdx.x % 32, own = (int)threadIdx.x / 32 * PLAIN_MINE;
  float* q_tile = tiles.rows(PLAIN_ROWS);
  float* dout_tile = tiles.rows(PLAIN_ROWS);
  float* sums = tiles.rows(PLAIN_ROWS) + own * width;
  float* others = tiles.rows(PLAIN_OTHERS);
  float* weights = tiles.weights() + own * PLAIN_OTHERS;

  float p[PLAIN_MINE], ds[PLAIN_MINE], ones[PLAIN_MINE], factor[PLAIN_MINE];
  for (int r = 0; r < PLAIN_MINE; r++) {
    ones[r] = 1;
    factor[r] = shape.scale;
  }
  plain_clear(sums, width);
  plain_load(q_tile, width, q, hd, first, PLAIN_ROWS, shape.queries);
  plain_load(dout_tile, width, dout, hd, first, PLAIN_ROWS, shape.queries);
  int visible = shape.offset() + min(first + PLAIN_ROWS, shape.queries);
  int begin = shape.first_key(place.sequence, first) / PLAIN_OTHERS * PLAIN_OTHERS;
  for (int key = begin; key < visible; key += PLAIN_OTHERS) {
    plain_exchange(others, width, k, hd, key, shape.keys);
    plain_dots(p, q_tile + own * width, others, width, hd);
    plain_exchange(others, width, v, hd, key, shape.keys);
    plain_dots(ds, dout_tile + own * width, others, width, hd);
    for (int r = 0; r < PLAIN_MINE; r++) {
      int query = first + own + r;
      bool seen = query < shape.queries && key + lane <= shape.offset() + query &&
          key + lane >= shape.first_key(place.sequence, query);
      ds[r] = seen ? expf(p[r] * shape.scale - lse[query]) * (ds[r] - delta[query]) : 0;
    }
    plain_show(weights, ds);
    plain_exchange(others, width, k, hd, key, shape.keys);
    plain_add(sums, ones, weights, others, width, hd);
  }
  plain_store(place.queries(dq, shape, hd), sums, factor, width, hd, first + own, shape.queries);
}

// dk and dv of 16 keys of one key/value head.
template <class T, class S> DEVICE void plain_backward_keys(Rows<T> dk, Rows<T> dv, Rows<const T> dout, const float* lse, const float* delta,
    Rows<const T> q, Rows<const T> k, Rows<const T> v, S shape, int hd) {
  DYNAMIC_SHARED(memory);
  Place place = Place::of_keys(shape, PLAIN_ROWS);
  q = place.queries(q, shape, hd);
  k = place.keys(k, shape, hd);
  v = place.keys(v, shape, hd);
  dout = place.queries(dout, shape, hd);
  lse += place.statistics(shape);
  delta += place.statistics(shape);
  int first = place.first;
  PlainTiles tiles = plain_tiles(memory, 4, 2, hd);
  int width = tiles.width, lane = (int)threadIdx.x % 32, own = (int)threadIdx.x / 32 * PLAIN_MINE;
  float* k_tile = tiles.rows(PLAIN_ROWS);
  float* v_tile = tiles.rows(PLAIN_ROWS);
  float* dk_sums = tiles.rows(PLAIN_ROWS) + own * width;
  float* dv_sums = tiles.rows(PLAIN_ROWS) + own * width;
  float* others = tiles.rows(PLAIN_OTHERS);
  float* p_weights = tiles.weights() + own * PLAIN_OTHERS;
  float* ds_weights = tiles.weights() + own * PLAIN_OTHERS;

  float p[PLAIN_MINE], ds[PLAIN_MINE], ones[PLAIN_MINE], factor[PLAIN_MINE];
  for (int r = 0; r < PLAIN_MINE; r++) {
    ones[r] = 1;
    factor[r] = shape.scale;
  }
  plain_clear(dk_sums, width);
  plain_clear(dv_sums, width);
  plain_load(k_tile, width, k, hd, first, PLAIN_ROWS, shape.keys);
  plain_load(v_tile, width, v, hd, first, PLAIN_ROWS, shape.keys);
  int begin = max(0, first - shape.offset()) / PLAIN_OTHERS * PLAIN_OTHERS;
  int end = shape.end_of_queries(place.sequence, begin, min(first + PLAIN_ROWS, shape.keys) - 1);
  for (int member = 0; member < shape.group(); member++) {
    for (int tile = begin; tile < end; tile += PLAIN_OTHERS) {
      int query = tile + lane;
      plain_exchange(others, width, q, hd, tile, shape.queries);
      plain_dots(p, k_tile + own * width, others, width, hd);
      plain_exchange(others, width, dout, hd, tile, shape.queries);
      plain_dots(ds, v_tile + own * width, others, width, hd);
      for (int r = 0; r < PLAIN_MINE; r++) {
        bool seen = query < shape.queries && first + own + r <= shape.offset() + query &&
            first + own + r >= shape.first_key(place.sequence, query);
        p[r] = seen ? expf(p[r] * shape.scale - lse[query]) : 0;
        ds[r] = seen ? p[r] * (ds[r] - delta[query]) : 0;
      }
      plain_show(p_weights, p);
      plain_show(ds_weights, ds);
      plain_add(dv_sums, ones, p_weights, others, width, hd);
      plain_exchange(others, width, q, hd, tile, shape.queries);
      plain_add(dk_sums, ones, ds_weights, others, width, hd);
    }
    q.first += hd;
    dout.first += hd;
    lse += shape.queries;
    delta += shape.queries;
  }
  plain_store(place.keys(dk, shape, hd), dk_sums, factor, width, hd, first + own, shape.keys);
  plain_store(place.keys(dv, shape, hd), dv_sums, ones, width, hd, first + own, shape.keys);
}

}  // namespace attention
