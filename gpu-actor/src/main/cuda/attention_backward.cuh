// Backward attention in bf16, deterministic and in linear memory. Two kernels compute the scores of a
// tile again from q, k and the log-sum-exp: one owns a tile of keys and adds up dk and dv over the
// queries of all heads that share them; the other owns a tile of queries and adds up dq. With
// p = exp(s scale - lse): dv = p^T dout, dp = dout v^T, ds = p (dp - delta), dk = scale ds^T q,
// dq = scale ds k; delta is the row sum of dout * out.
#pragma once
#include "attention_tiles.cuh"

namespace attention {

struct alignas(8) Two { float x, y; };

// p = exp2(s scale - lse) in place; rows of s are keys, columns are queries.
template <int MT, int NT> DEVICE void weights_of_keys(float (&s)[MT][NT][4], const float* lse, float scale) {
  int pair = (int)threadIdx.x % 4;
  UNROLL
  for (int n = 0; n < NT; n++) {
    Two shift = *(const Two*)(lse + n * 8 + pair * 2);
    shift.x *= -LOG2_E;
    shift.y *= -LOG2_E;
    UNROLL
    for (int m = 0; m < MT; m++)
      UNROLL
      for (int i = 0; i < 4; i++) s[m][n][i] = fast_exp2(fmaf(s[m][n][i], scale, i % 2 ? shift.y : shift.x));
  }
}

// dk and dv of 64 MT keys of one key/value head. K and V say which of the two to compute.
template <int HD, int MT, int BQ, bool K, bool V> struct FlashBackwardKeys {
  static constexpr int BK = 16 * MT * FLASH_WARPS;
  static_assert(2 * BQ <= FLASH_THREADS, "a thread copies one number");
  static constexpr int TILE = BQ * TILE_STRIDE<HD>;
  bf16 *k_tile, *v_tile, *stages;
  float* numbers;  // lse, delta; lse, delta

  DEVICE FlashBackwardKeys(unsigned char* memory) {
    require_shared(((K ? 2 * BK : BK) + 4 * BQ) * TILE_STRIDE<HD> * 2 + 4 * BQ * 4);
    k_tile = (bf16*)memory;
    v_tile = k_tile + BK * TILE_STRIDE<HD>;
    stages = K ? v_tile + BK * TILE_STRIDE<HD> : v_tile;
    numbers = (float*)(stages + 4 * TILE);
  }
  DEVICE bf16* q_tile(int stage) { return stages + stage * 2 * TILE; }
  DEVICE bf16* dout_tile(int stage) { return stages + (stage * 2 + 1) * TILE; }
  DEVICE float* lse(int stage) { return numbers + stage * 2 * BQ; }
  DEVICE float* delta(int stage) { return numbers + (stage * 2 + 1) * BQ; }

  // Starts to copy a tile of queries of one head. stats: where this thread finds the head's lse, or delta
  // for the second BQ threads.
  DEVICE void load(int stage, int query, Rows<const bf16> q, Rows<const bf16> dout,
      const float* stats, int queries) {
    load_tile<HD, BQ>(q_tile(stage), q, query, queries);
    load_tile<HD, BQ>(dout_tile(stage), dout, query, queries);
    int i = (int)threadIdx.x, row = query + i % BQ;
    if (i < 2 * BQ) copy_async_4(lse(stage) + i, stats + row, row < queries);
    copy_async_commit();
  }

  template <class S> DEVICE void run(Rows<bf16> dk, Rows<bf16> dv, Rows<const bf16> dout, const float* all_lse, const float* all_delta,
      Rows<const bf16> q, Rows<const bf16> k, Rows<const bf16> v, S shape) {
    Place place = Place::of_keys(shape, BK);
    q = place.queries(q, shape, HD);
    dout = place.queries(dout, shape, HD);
    const float* stats = ((int)threadIdx.x < BQ ? all_lse : all_delta) + place.statistics(shape);
    int lane = (int)threadIdx.x % 32, warp_row = (int)threadIdx.x / 32 * 16 * MT;
    int first = place.first, mine = first + warp_row;
    bf16* my_k = k_tile + warp_row * TILE_STRIDE<HD>;
    bf16* my_v = v_tile + warp_row * TILE_STRIDE<HD>;
    float dk_sum[K ? MT : 1][K ? HD / 8 : 1][4], dv_sum[V ? MT : 1][V ? HD / 8 : 1][4];
    clear(dk_sum);
    clear(dv_sum);

    int first_query = max(0, first - shape.offset()) / BQ * BQ;
    int end_query = shape.end_of_queries(place.sequence, first_query, min(first + BK, shape.keys) - 1);
    int steps = (end_query - first_query + BQ - 1) / BQ * shape.group();
    load_tile<HD, BK>(k_tile, place.keys(k, shape, HD), first, shape.keys);
    if (K) load_tile<HD, BK>(v_tile, place.keys(v, shape, HD), first, shape.keys);
    load(0, first_query, q, dout, stats, shape.queries);
    for (int step = 0, next = first_query; step < steps; step++) {
      int stage = step & 1, query = next;
      next += BQ;
      if (next >= end_query) {  // the group's next head
        next = first_query;
        q.first += HD;
        dout.first += HD;
        stats += shape.queries;
      }
      copy_async_wait<0>();
      sync_block();  // this stage is there; nobody reads the other
      if (step + 1 < steps) load(stage ^ 1, next, q, dout, stats, shape.queries);
      if (mine >= shape.keys || mine > shape.offset() + query + BQ - 1) continue;
      if (S::DOCUMENTS && shape.first_key(place.sequence, query) > mine + 16 * MT - 1) continue;

      float p[MT][BQ / 8][4], ds[MT][BQ / 8][4];
      if constexpr (K) multiply_transposed<HD>(ds, my_v, dout_tile(stage));
      multiply_transposed<HD>(p, my_k, q_tile(stage));
      if (mine + 16 * MT - 1 > shape.offset() + query) hide_before(p, mine + lane / 4 - shape.offset() - query);
      if constexpr (S::DOCUMENTS)
        if (shape.first_key(place.sequence, query + BQ - 1) > mine) hide_documents_after(p, shape, place.sequence, query, mine + lane / 4);
      weights_of_keys(p, lse(stage), shape.scale * LOG2_E);
      u32 factor[MT][BQ / 16][4];
      if constexpr (V) {
        to_factor(factor, p);
        add_product<HD>(dv_sum, factor, dout_tile(stage));
      }
      if constexpr (K) {
        UNROLL
        for (int n = 0; n < BQ / 8; n++) {
          Two d = *(const Two*)(delta(stage) + n * 8 + lane % 4 * 2);
          UNROLL
          for (int m = 0; m < MT; m++)
            UNROLL
            for (int i = 0; i < 4; i++) ds[m][n][i] = p[m][n][i] * (ds[m][n][i] - (i % 2 ? d.y : d.x));
        }
        to_factor(factor, ds);
        add_product<HD>(dk_sum, factor, q_tile(stage));
      }
    }
    if constexpr (K) {
      scale_all(dk_sum, shape.scale);
      store_rows<HD>(place.keys(dk, shape, HD), dk_sum, my_k, mine, shape.keys);
    }
    if constexpr (V) store_rows<HD>(place.keys(dv, shape, HD), dv_sum, K ? my_v : my_k, mine, shape.keys);
  }
};

template <int HD, int MT, int BQ, bool K = true, bool V = true, class S> DEVICE void flash_backward_keys(Rows<bf16> dk, Rows<bf16> dv,
    Rows<const bf16> dout, const float* lse, const float* delta, Rows<const bf16> q, Rows<const bf16> k, Rows<const bf16> v, S shape) {
  DYNAMIC_SHARED(memory);
  FlashBackwardKeys<HD, MT, BQ, K, V>(memory).run(dk, dv, dout, lse, delta, q, k, v, shape);
}

// dq of 64 MT queries of one head.
template <int HD, int MT, int BN, class S> DEVICE void flash_backward_queries(Rows<bf16> dq, Rows<const bf16> dout, const float* lse,
    const float* delta, Rows<const bf16> q, Rows<const bf16> k, Rows<const bf16> v, S shape) {
  constexpr int BM = 16 * MT * FLASH_WARPS, TILE = BN * TILE_STRIDE<HD>;
  Place place = Place::of_queries(shape, BM);
  q = place.queries(q, shape, HD);
  k = place.keys(k, shape, HD);
  v = place.keys(v, shape, HD);
  dout = place.queries(dout, shape, HD);
  lse += place.statistics(shape);
  delta += place.statistics(shape);
  DYNAMIC_SHARED(memory);
  require_shared((2 * BM + 4 * BN) * TILE_STRIDE<HD> * 2);
  bf16* q_tile = (bf16*)memory;
  bf16* dout_tile = q_tile + BM * TILE_STRIDE<HD>;
  bf16* stages = dout_tile + BM * TILE_STRIDE<HD>;  // k, v; k, v

  int lane = (int)threadIdx.x % 32, warp_row = (int)threadIdx.x / 32 * 16 * MT;
  int first = place.first, mine = first + warp_row;
  int visible = shape.offset() + min(first + BM, shape.queries);
  int visible_to_warp = mine < shape.queries ? shape.offset() + min(mine + 16 * MT, shape.queries) : 0;
  int begin = shape.first_key(place.sequence, first) / BN * BN;
  int hidden_from_warp = shape.first_key(place.sequence, mine);
  int hidden_from_last = shape.first_key(place.sequence, mine + 16 * MT - 1);
  bf16* my_q = q_tile + warp_row * TILE_STRIDE<HD>;
  bf16* my_dout = dout_tile + warp_row * TILE_STRIDE<HD>;

  float dq_sum[MT][HD / 8][4], shift[MT][2], less[MT][2];
  clear(dq_sum);
  UNROLL
  for (int m = 0; m < MT; m++)
    UNROLL
    for (int half = 0; half < 2; half++) {
      int row = mine + m * 16 + half * 8 + lane / 4;
      shift[m][half] = row < shape.queries ? -LOG2_E * lse[row] : 0;
      less[m][half] = row < shape.queries ? delta[row] : 0;
    }
  load_tile<HD, BM>(q_tile, q, first, shape.queries);
  load_tile<HD, BM>(dout_tile, dout, first, shape.queries);
  load_tile<HD, BN>(stages, k, begin, shape.keys);
  load_tile<HD, BN>(stages + TILE, v, begin, shape.keys);
  copy_async_commit();
  for (int key = begin, stage = 0; key < visible; key += BN, stage ^= 1) {
    copy_async_wait<0>();
    sync_block();  // this stage is there; nobody reads the other
    if (key + BN < visible) {
      bf16* next = stages + (stage ^ 1) * 2 * TILE;
      load_tile<HD, BN>(next, k, key + BN, shape.keys);
      load_tile<HD, BN>(next + TILE, v, key + BN, shape.keys);
      copy_async_commit();
    }
    if (key >= visible_to_warp || (S::DOCUMENTS && key + BN <= hidden_from_warp)) continue;

    bf16* k_tile = stages + stage * 2 * TILE;
    float p[MT][BN / 8][4], ds[MT][BN / 8][4];
    multiply_transposed<HD>(p, my_q, k_tile);
    if (key + BN - 1 > shape.offset() + mine) hide_after(p, shape.offset() + mine + lane / 4 - key);
    if constexpr (S::DOCUMENTS)
      if (key < hidden_from_last) hide_documents_before(p, shape, place.sequence, mine + lane / 4, key);
    multiply_transposed<HD>(ds, my_dout, k_tile + TILE);
    UNROLL
    for (int m = 0; m < MT; m++)
      UNROLL
      for (int n = 0; n < BN / 8; n++)
        UNROLL
        for (int i = 0; i < 4; i++) {
          float weight = fast_exp2(fmaf(p[m][n][i], shape.scale * LOG2_E, shift[m][i / 2]));
          ds[m][n][i] = weight * (ds[m][n][i] - less[m][i / 2]);
        }
    u32 factor[MT][BN / 16][4];
    to_factor(factor, ds);
    add_product<HD>(dq_sum, factor, k_tile);
  }
  scale_all(dq_sum, shape.scale);
  store_rows<HD>(place.queries(dq, shape, HD), dq_sum, my_q, mine, shape.queries);
}

}  // namespace attention
