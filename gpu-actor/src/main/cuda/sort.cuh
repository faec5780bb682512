// A stable radix sort of token ids, least significant digit first, 8 bits a pass. Each pass: every block
// counts the digits of its tile; one block turns the counts into places; every block moves its tile.
// Nothing depends on the order in which blocks or warps run.
#pragma once
#include "device.cuh"

constexpr int SORT_ITEMS = 8;               // ids a thread
constexpr int SORT_TILE = 256 * SORT_ITEMS; // ids a block
constexpr int SORT_DIGITS = 256;

// Row of the table that the i-th id stands for; `limit`, the number of rows, where it is in another table.
DEVICE int sort_key(const int* ids, int stride, int first, int limit, int i) {
  int id = ids[(long long)i * stride] - first;
  return id >= 0 && id < limit ? id : limit;
}

// Ids of a thread: a warp has 256 neighbouring ones, 32 a turn.
DEVICE int sort_place(int item) {
  return blockIdx.x * SORT_TILE + threadIdx.x / 32 * (32 * SORT_ITEMS) + item * 32 + threadIdx.x % 32;
}

// rank: how many equal digits come before in the warp's ids; counters: how many of each digit a warp has.
// Digit SORT_DIGITS stands for no id.
DEVICE void rank_digits(const int (&digit)[SORT_ITEMS], int (&rank)[SORT_ITEMS], int (&counters)[8][SORT_DIGITS]) {
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  for (int i = lane; i < SORT_DIGITS; i += 32) counters[warp][i] = 0;
  sync_warp();
  UNROLL for (int item = 0; item < SORT_ITEMS; item++) {
    u32 same = match_lanes(digit[item]);
    int before = count_bits(same & ((1u << lane) - 1));
    bool present = digit[item] < SORT_DIGITS;
    int start = present ? counters[warp][digit[item]] : 0;
    sync_warp();
    if (present && before == 0) counters[warp][digit[item]] = start + count_bits(same);
    sync_warp();
    rank[item] = start + before;
  }
  sync_block();
}

DEVICE int sort_digit(int key, int shift) { return key >> shift & (SORT_DIGITS - 1); }

// counts[digit][tile] = ids of the tile with this digit.
KERNEL(sort_count, 256)(int* counts, const int* ids, int stride, int first, int limit, int shift, int n) {
  __shared__ int counters[8][SORT_DIGITS];
  int digit[SORT_ITEMS], rank[SORT_ITEMS];
  UNROLL for (int item = 0; item < SORT_ITEMS; item++) {
    int i = sort_place(item);
    digit[item] = i < n ? sort_digit(sort_key(ids, stride, first, limit, i), shift) : SORT_DIGITS;
  }
  rank_digits(digit, rank, counters);
  int count = 0;
  UNROLL for (int w = 0; w < 8; w++) count += counters[w][threadIdx.x];
  counts[(long long)threadIdx.x * gridDim.x + blockIdx.x] = count;
}

// counts[i] = sum of counts before i. One block; a thread has a range of its own.
KERNEL(sort_scan, 1024)(int* counts, int n) {
  __shared__ int sums[32];
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
  int share = (n + blockDim.x - 1) / blockDim.x;
  int from = min((int)threadIdx.x * share, n), to = min(from + share, n);
  int sum = 0;
  for (int i = from; i < to; i++) sum += counts[i];
  int upto = sum;  // of this lane and those before it
  for (int o = 1; o < 32; o <<= 1) {
    int before = shuffle_up(upto, o);
    if (lane >= o) upto += before;
  }
  if (lane == 31) sums[warp] = upto;
  sync_block();
  int start = upto - sum;
  for (int w = 0; w < warps; w++) start += w < warp ? sums[w] : 0;
  for (int i = from; i < to; i++) {
    int count = counts[i];
    counts[i] = start;
    start += count;
  }
}

// Moves keys and the rows that they come from to the places that the scanned counts give. rows 0: the
// first pass, an id's row is its number.
KERNEL(sort_move, 256)(int* sorted_keys, int* sorted_rows, const int* counts, const int* ids, const int* rows, int stride, int first, int limit, int shift, int n) {
  __shared__ int counters[8][SORT_DIGITS];
  int key[SORT_ITEMS], digit[SORT_ITEMS], rank[SORT_ITEMS];
  UNROLL for (int item = 0; item < SORT_ITEMS; item++) {
    int i = sort_place(item);
    key[item] = i < n ? sort_key(ids, stride, first, limit, i) : 0;
    digit[item] = i < n ? sort_digit(key[item], shift) : SORT_DIGITS;
  }
  rank_digits(digit, rank, counters);
  int start = counts[(long long)threadIdx.x * gridDim.x + blockIdx.x];
  UNROLL for (int w = 0; w < 8; w++) {
    int count = counters[w][threadIdx.x];
    counters[w][threadIdx.x] = start;
    start += count;
  }
  sync_block();
  UNROLL for (int item = 0; item < SORT_ITEMS; item++) {
    int i = sort_place(item);
    if (i < n) {
      int place = counters[threadIdx.x / 32][digit[item]] + rank[item];
      sorted_keys[place] = key[item];
      sorted_rows[place] = rows ? rows[i] : i;
    }
  }
}
