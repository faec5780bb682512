// Tiles of rows in shared memory and the products that attention makes of them, with tensor cores.
// A block has four warps; a warp owns 16 MT rows of the result and shares the tile it multiplies by.
// Fragments are laid out as the PTX ISA says for mma.m16n8k16: of 16 x 8 results a lane holds
// columns 2 pair and 2 pair + 1 of rows group and group + 8, group = lane / 4, pair = lane % 4.
#pragma once
#include "device.cuh"

namespace attention {

constexpr int FLASH_THREADS = 128;
constexpr int FLASH_WARPS = FLASH_THREADS / 32;
constexpr float LOG2_E = 1.4426950408889634f;

// Rows of a matrix; stride in elements.
template <class T> struct Rows {
  T* first;
  int stride;
  DEVICE T* row(int r) const { return first + (long long)r * stride; }
  // From a row on, one head's columns.
  DEVICE Rows part(long long row, int head, int width) const { return {first + row * stride + (long long)head * width, stride}; }
};

// What all attention kernels are told. Query r of a sequence sees keys 0 .. keys - queries + r.
struct Shape {
  static constexpr bool DOCUMENTS = false;
  int queries, keys;    // rows a sequence
  int capacity;         // rows of k and v from one sequence to the next, at least keys
  int heads, kv_heads;  // query head h reads key head h / (heads / kv_heads)
  float scale;          // of the scores
  DEVICE int group() const { return heads / kv_heads; }
  DEVICE int offset() const { return keys - queries; }
  // First key that a query sees.
  DEVICE int first_key(int, int) const { return 0; }
  // One past the last query that sees key `key` or one before it.
  DEVICE int end_of_queries(int, int, int) const { return queries; }
};

// The same where a query sees no key before a first one, which never falls from query to query: that
// of its document.
struct DocumentShape : Shape {
  static constexpr bool DOCUMENTS = true;
  const int* first_keys;  // (sequences, queries)

  // Queries beyond the last have its first key.
  DEVICE int first_key(int sequence, int query) const {
    return first_keys[(long long)sequence * queries + min(query, queries - 1)];
  }
  // At least one past query `from`, by bisection.
  DEVICE int end_of_queries(int sequence, int from, int key) const {
    int low = from + 1, high = queries;
    while (low < high) {
      int middle = (low + high) / 2;
      if (first_key(sequence, middle) <= key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
};

// What a block works on. Blocks of one head follow each other, so that they find its rows in the
// cache; within a head those with the most work come first.
struct Place {
  int sequence, head, kv_head;  // head: of a block of keys, the group's first
  int first;                    // of the block's own rows in its sequence

  DEVICE static Place of_queries(const Shape& shape, int own) {
    int tiles = (shape.queries + own - 1) / own, tile = (int)blockIdx.x % tiles, other = (int)blockIdx.x / tiles;
    int head = other % shape.heads;
    return {other / shape.heads, head, head / shape.group(), (tiles - 1 - tile) * own};
  }
  DEVICE static Place of_keys(const Shape& shape, int own) {
    int tiles = (shape.keys + own - 1) / own, tile = (int)blockIdx.x % tiles, other = (int)blockIdx.x / tiles;
    int kv_head = other % shape.kv_heads;
    return {other / shape.kv_heads, kv_head * shape.group(), kv_head, tile * own};
  }
  template <class T> DEVICE Rows<T> queries(const Rows<T>& of, const Shape& shape, int width) const {
    return of.part((long long)sequence * shape.queries, head, width);
  }
  template <class T> DEVICE Rows<T> keys(const Rows<T>& of, const Shape& shape, int width) const {
    return of.part((long long)sequence * shape.capacity, kv_head, width);
  }
  // First number of (sequences * heads, queries).
  DEVICE long long statistics(const Shape& shape) const { return ((long long)sequence * shape.heads + head) * shape.queries; }
};

// Elements from one row of a tile to the next. 16 bytes more than the row: an odd number of 16-byte
// units, so the eight rows of an 8 x 8 matrix lie in different banks.
template <int HD> constexpr int TILE_STRIDE = HD + 8;

// Threads that copy one row together, 16 bytes each: a power of two that divides the row.
template <int HD> constexpr int ROW_THREADS = HD % 64 == 0 ? 8 : HD % 32 == 0 ? 4 : 2;

// Starts to copy ROWS rows to a tile; zeros from row `valid` on, whose addresses may be anything: a copy
// of no bytes reads nothing. Every thread of the block takes part.
template <int HD, int ROWS> DEVICE void load_tile(bf16* tile, Rows<const bf16> from, int first, int valid) {
  constexpr int ACROSS = ROW_THREADS<HD>, DOWN = FLASH_THREADS / ACROSS;
  int down = (int)threadIdx.x / ACROSS, across = (int)threadIdx.x % ACROSS * 8;
  const bf16* source = from.row(first + down) + across;
  tile += down * TILE_STRIDE<HD> + across;
  UNROLL
  for (int row = 0; row < ROWS; row += DOWN) {
    if (ROWS < DOWN && down >= ROWS) break;
    bool inside = first + row + down < valid;
    UNROLL
    for (int column = 0; column < HD; column += ACROSS * 8)
      copy_async_16(tile + row * TILE_STRIDE<HD> + column, source + column, inside);
    source += (long long)DOWN * from.stride;
  }
}

// Offset in a tile that this lane gives to load a 16 x 16 block: rows by lane % 16, then columns.
template <int HD> DEVICE int lane_by_rows() {
  int lane = (int)threadIdx.x % 32;
  return lane % 16 * TILE_STRIDE<HD> + lane / 16 * 8;
}
// The same with the middle two 8 x 8 matrices exchanged: columns first.
template <int HD> DEVICE int lane_by_columns() {
  int lane = (int)threadIdx.x % 32;
  return (lane % 8 + lane / 16 * 8) * TILE_STRIDE<HD> + lane / 8 % 2 * 8;
}

template <int MT, int NT> DEVICE void clear(float (&c)[MT][NT][4]) {
  UNROLL
  for (int m = 0; m < MT; m++)
    UNROLL
    for (int n = 0; n < NT; n++)
      UNROLL
      for (int i = 0; i < 4; i++) c[m][n][i] = 0;
}

template <int MT, int NT> DEVICE void scale_all(float (&c)[MT][NT][4], float factor) {
  UNROLL
  for (int m = 0; m < MT; m++)
    UNROLL
    for (int n = 0; n < NT; n++)
      UNROLL
      for (int i = 0; i < 4; i++) c[m][n][i] *= factor;
}

// Sets results to minus infinity from column `last` + 1 on in the lane's first row, one column more for
// each row below: scores of keys that come after their queries.
template <int MT, int NT> DEVICE void hide_after(float (&c)[MT][NT][4], int last) {
  int pair = (int)threadIdx.x % 4;
  UNROLL
  for (int m = 0; m < MT; m++)
    UNROLL
    for (int n = 0; n < NT; n++)
      UNROLL
      for (int i = 0; i < 4; i++)
        if (n * 8 + pair * 2 + i % 2 > last + m * 16 + i / 2 * 8) c[m][n][i] = -__builtin_huge_valf();
}
// The same before column `from`, where rows are keys and columns queries.
template <int MT, int NT> DEVICE void hide_before(float (&c)[MT][NT][4], int from) {
  int pair = (int)threadIdx.x % 4;
  UNROLL
  for (int m = 0; m < MT; m++)
    UNROLL
    for (int n = 0; n < NT; n++)
      UNROLL
      for (int i = 0; i < 4; i++)
        if (n * 8 + pair * 2 + i % 2 < from + m * 16 + i / 2 * 8) c[m][n][i] = -__builtin_huge_valf();
}

// Sets results to minus infinity before the first key that their query sees. Rows are queries from `query`
// on, which is the lane's first; columns are keys from `key` on.
template <int MT, int NT> DEVICE void hide_documents_before(float (&c)[MT][NT][4], const DocumentShape& shape, int sequence, int query, int key) {
  int pair = (int)threadIdx.x % 4;
  UNROLL
  for (int m = 0; m < MT; m++)
    UNROLL
    for (int half = 0; half < 2; half++) {
      int from = shape.first_key(sequence, query + m * 16 + half * 8) - key;
      UNROLL
      for (int n = 0; n < NT; n++)
        UNROLL
        for (int i = 0; i < 2; i++)
          if (n * 8 + pair * 2 + i < from) c[m][n][half * 2 + i] = -__builtin_huge_valf();
    }
}
// The same where rows are keys from `key` on, which is the lane's first, and columns queries from `query` on.
template <int MT, int NT> DEVICE void hide_documents_after(float (&c)[MT][NT][4], const DocumentShape& shape, int sequence, int query, int key) {
  int pair = (int)threadIdx.x % 4;
  UNROLL
  for (int n = 0; n < NT; n++)
    UNROLL
    for (int i = 0; i < 2; i++) {
      int from = shape.first_key(sequence, query + n * 8 + pair * 2 + i) - key;
      UNROLL
      for (int m = 0; m < MT; m++)
        UNROLL
        for (int half = 0; half < 2; half++)
          if (m * 16 + half * 8 < from) c[m][n][half * 2 + i] = -__builtin_huge_valf();
    }
}

// c = mine tile^T: mine (16 MT, HD) are the warp's rows of a tile, tile (8 NT, HD).
template <int HD, int MT, int NT> DEVICE void multiply_transposed(float (&c)[MT][NT][4], const bf16* mine, const bf16* tile) {
  clear(c);
  mine += lane_by_rows<HD>();
  tile += lane_by_columns<HD>();
  UNROLL
  for (int k = 0; k < HD; k += 16) {
    u32 a[MT][4];
    UNROLL
    for (int m = 0; m < MT; m++) load_matrix_x4(a[m], mine + m * 16 * TILE_STRIDE<HD> + k);
    UNROLL
    for (int n = 0; n < NT; n += 2) {
      u32 b[4];
      load_matrix_x4(b, tile + n * 8 * TILE_STRIDE<HD> + k);
      u32 low[2] = {b[0], b[1]}, high[2] = {b[2], b[3]};
      UNROLL
      for (int m = 0; m < MT; m++) {
        mma_16816(c[m][n], a[m], low);
        mma_16816(c[m][n + 1], a[m], high);
      }
    }
  }
}

// Results as multiply_transposed leaves them, rounded to bf16, as the left factor of another product.
template <int MT, int NT> DEVICE void to_factor(u32 (&a)[MT][NT / 2][4], const float (&c)[MT][NT][4]) {
  UNROLL
  for (int m = 0; m < MT; m++)
    UNROLL
    for (int n = 0; n < NT; n++)
      UNROLL
      for (int half = 0; half < 2; half++) a[m][n / 2][n % 2 * 2 + half] = pack_bf16(c[m][n][half * 2], c[m][n][half * 2 + 1]);
}

// c += a tile: a (16 MT, 16 KT), tile (16 KT, HD).
template <int HD, int MT, int KT> DEVICE void add_product(float (&c)[MT][HD / 8][4], const u32 (&a)[MT][KT][4], const bf16* tile) {
  tile += lane_by_rows<HD>();
  UNROLL
  for (int k = 0; k < KT; k++)
    UNROLL
    for (int n = 0; n < HD / 8; n += 2) {
      u32 b[4];
      load_matrix_x4_transposed(b, tile + k * 16 * TILE_STRIDE<HD> + n * 8);
      u32 low[2] = {b[0], b[1]}, high[2] = {b[2], b[3]};
      UNROLL
      for (int m = 0; m < MT; m++) {
        mma_16816(c[m][n], a[m][k], low);
        mma_16816(c[m][n + 1], a[m][k], high);
      }
    }
}

// Writes the warp's results, by way of its own rows of a tile that it needs no more.
// first: the result's row of the warp's first; rows from `valid` on are left out.
template <int HD, int MT> DEVICE void store_rows(Rows<bf16> to, const float (&c)[MT][HD / 8][4], bf16* mine, int first, int valid) {
  int lane = (int)threadIdx.x % 32;
  sync_warp();
  UNROLL
  for (int m = 0; m < MT; m++)
    UNROLL
    for (int n = 0; n < HD / 8; n++)
      UNROLL
      for (int half = 0; half < 2; half++) {
        int row = m * 16 + half * 8 + lane / 4;
        *(u32*)(mine + row * TILE_STRIDE<HD> + n * 8 + lane % 4 * 2) = pack_bf16(c[m][n][half * 2], c[m][n][half * 2 + 1]);
      }
  sync_warp();
  constexpr int UNITS = HD / 8;
  UNROLL
  for (int i = 0; i < MT * 16 * UNITS / 32; i++) {
    int unit = i * 32 + lane, row = unit / UNITS, column = unit % UNITS * 8;
    if (first + row < valid) store_words(to.row(first + row) + column, load_words(mine + row * TILE_STRIDE<HD> + column));
  }
}

}  // namespace attention
