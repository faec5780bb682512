// Forward attention in bf16 after FlashAttention-2 (Dao 2023): a block takes 64 MT queries of one head
// and goes through the keys in tiles of BN, with an online softmax in fp32. Key and value tiles are
// copied in turns: v during q k^T and the softmax, the next k during p v.
#pragma once
#include "attention_tiles.cuh"

namespace attention {

// One step of the online softmax on the scores s of a tile: leaves exp2 of them in s. DOCUMENTS: a row may
// see no key of this tile nor of those before it.
template <bool DOCUMENTS, int MT, int NT, int OT> DEVICE void online_softmax(float (&s)[MT][NT][4], float (&o)[MT][OT][4],
    float (&top)[MT][2], float (&sum)[MT][2], float scale) {
  UNROLL
  for (int m = 0; m < MT; m++)
    UNROLL
    for (int half = 0; half < 2; half++) {
      float highest = top[m][half];
      UNROLL
      for (int n = 0; n < NT; n++)
        UNROLL
        for (int i = 0; i < 2; i++) highest = fmaxf(highest, s[m][n][half * 2 + i]);
      highest = fmaxf(highest, shuffle_xor(highest, 1));
      highest = fmaxf(highest, shuffle_xor(highest, 2));
      float shift = highest * scale;  // finite where every row sees the first key
      if (DOCUMENTS && highest == -__builtin_huge_valf()) shift = 0;
      float keep = fast_exp2(top[m][half] * scale - shift);
      top[m][half] = highest;
      float added = 0;
      UNROLL
      for (int n = 0; n < NT; n++)
        UNROLL
        for (int i = 0; i < 2; i++) {
          float& x = s[m][n][half * 2 + i];
          x = fast_exp2(fmaf(x, scale, -shift));
          added += x;
        }
      sum[m][half] = sum[m][half] * keep + added;
      UNROLL
      for (int n = 0; n < OT; n++) {
        o[m][n][half * 2] *= keep;
        o[m][n][half * 2 + 1] *= keep;
      }
    }
}

// Divides by the sums, which until here are of a lane's own columns, and stores the log-sum-exp.
template <int MT, int OT> DEVICE void finish_softmax(float (&o)[MT][OT][4], float* lse, const float (&top)[MT][2],
    const float (&sum)[MT][2], float scale, int first, int valid) {
  int lane = (int)threadIdx.x % 32;
  UNROLL
  for (int m = 0; m < MT; m++)
    UNROLL
    for (int half = 0; half < 2; half++) {
      float total = sum[m][half];
      total += shuffle_xor(total, 1);
      total += shuffle_xor(total, 2);
      float inverse = 1 / total;
      UNROLL
      for (int n = 0; n < OT; n++) {
        o[m][n][half * 2] *= inverse;
        o[m][n][half * 2 + 1] *= inverse;
      }
      int row = first + m * 16 + half * 8 + lane / 4;
      if (lane % 4 == 0 && row < valid) lse[row] = top[m][half] * scale + logf(total);
    }
}

// out and lse of 64 MT queries of one head.
template <int HD, int MT, int BN, class S> DEVICE void flash_forward(Rows<bf16> out, float* lse, Rows<const bf16> q,
    Rows<const bf16> k, Rows<const bf16> v, S shape) {
  constexpr int BM = 16 * MT * FLASH_WARPS;
  Place place = Place::of_queries(shape, BM);
  q = place.queries(q, shape, HD);
  k = place.keys(k, shape, HD);
  v = place.keys(v, shape, HD);
  DYNAMIC_SHARED(memory);
  require_shared((BM + 2 * BN) * TILE_STRIDE<HD> * 2);
  bf16* q_tile = (bf16*)memory;
  bf16* k_tile = q_tile + BM * TILE_STRIDE<HD>;
  bf16* v_tile = k_tile + BN * TILE_STRIDE<HD>;

  int lane = (int)threadIdx.x % 32, warp_row = (int)threadIdx.x / 32 * 16 * MT;
  int first = place.first, mine = first + warp_row;
  int visible = shape.offset() + min(first + BM, shape.queries);
  int visible_to_warp = mine < shape.queries ? shape.offset() + min(mine + 16 * MT, shape.queries) : 0;
  int begin = shape.first_key(place.sequence, first) / BN * BN;
  int hidden_from_warp = shape.first_key(place.sequence, mine);
  int hidden_from_last = shape.first_key(place.sequence, mine + 16 * MT - 1);
  bf16* my_q = q_tile + warp_row * TILE_STRIDE<HD>;

  float o[MT][HD / 8][4], top[MT][2], sum[MT][2];
  clear(o);
  UNROLL
  for (int m = 0; m < MT; m++) {
    top[m][0] = top[m][1] = -__builtin_huge_valf();
    sum[m][0] = sum[m][1] = 0;
  }
  load_tile<HD, BM>(q_tile, q, first, shape.queries);
  load_tile<HD, BN>(k_tile, k, begin, shape.keys);
  copy_async_commit();
  for (int key = begin; key < visible; key += BN) {
    bool takes_part = key < visible_to_warp && (!S::DOCUMENTS || key + BN > hidden_from_warp);
    u32 p[MT][BN / 16][4];
    copy_async_wait<0>();
    sync_block();  // k is there; nobody reads the last v
    load_tile<HD, BN>(v_tile, v, key, shape.keys);
    copy_async_commit();
    if (takes_part) {
      float s[MT][BN / 8][4];
      multiply_transposed<HD>(s, my_q, k_tile);
      if (key + BN - 1 > shape.offset() + mine) hide_after(s, shape.offset() + mine + lane / 4 - key);
      if constexpr (S::DOCUMENTS)
        if (key < hidden_from_last) hide_documents_before(s, shape, place.sequence, mine + lane / 4, key);
      online_softmax<S::DOCUMENTS>(s, o, top, sum, shape.scale * LOG2_E);
      to_factor(p, s);
    }
    copy_async_wait<0>();
    sync_block();  // v is there; nobody reads k
    if (key + BN < visible) {
      load_tile<HD, BN>(k_tile, k, key + BN, shape.keys);
      copy_async_commit();
    }
    if (takes_part) add_product<HD>(o, p, v_tile);
  }
  finish_softmax(o, lse + place.statistics(shape), top, sum, shape.scale, mine, shape.queries);
  store_rows<HD>(place.queries(out, shape, HD), o, my_q, mine, shape.queries);
}

}  // namespace attention
