// Look-up of table rows by token id, and its gradient.
#pragma once
#include "rows.cuh"
#include "sort.cuh"

// y[r] = table[ids[r] - first], or zero where the table has no such row.
template <class T>
DEVICE void embedding(T* y, int y_stride, const T* table, int table_stride, int table_rows, const int* ids, int ids_stride, int first, int rows, int d, int vector) {
  for_elements<WIDTH<T>>(rows, d, vector, [&](auto width, int r, long long c) {
    int key = sort_key(ids, ids_stride, first, table_rows, r);
    Pack<T, width.value> pack = {};
    if (key < table_rows) pack = load_pack<width.value>(row(table, key, table_stride) + c);
    store_pack(row(y, r, y_stride) + c, pack);
  });
}

KERNEL(embedding_f32, 256)(float* y, int y_stride, const float* table, int table_stride, int table_rows, const int* ids, int ids_stride, int first, int rows, int d, int vector) {
  embedding(y, y_stride, table, table_stride, table_rows, ids, ids_stride, first, rows, d, vector);
}
KERNEL(embedding_bf16, 256)(bf16* y, int y_stride, const bf16* table, int table_stride, int table_rows, const int* ids, int ids_stride, int first, int rows, int d, int vector) {
  embedding(y, y_stride, table, table_stride, table_rows, ids, ids_stride, first, rows, d, vector);
}

// dTable[key] += dy[row] for the run of equal sorted keys that starts at i, in the order of rows. The
// additions wait for each other, so eight rows are on their way at a time.
template <class T, int W>
DEVICE void add_run(float* table, const T* dy, int dy_stride, const int* keys, const int* rows, int i, int n, long long c) {
  constexpr int AHEAD = 8;
  int key = keys[i];
  float sum[W];
  load_floats(sum, table + c);
  for (int count = AHEAD; count == AHEAD; i += AHEAD) {
    Pack<T, W> packs[AHEAD];
    count = 0;
    UNROLL for (int k = 0; k < AHEAD; k++) {
      if (i + k < n && keys[i + k] == key) {
        packs[k] = load_pack<W>(row(dy, rows[i + k], dy_stride) + c);
        count++;
      }
    }
    UNROLL for (int k = 0; k < AHEAD; k++) {
      if (k < count) {
        float v[W];
        unpack(v, packs[k]);
        UNROLL for (int j = 0; j < W; j++) sum[j] += v[j];
      }
    }
  }
  store_floats(table + c, sum);
}

// A block for each sorted key; those that do not start a run have nothing to do. `limit` marks ids of
// other tables.
template <class T>
DEVICE void embedding_backward(float* table, int table_stride, const T* dy, int dy_stride, const int* keys, const int* rows, int n, int limit, int d, int vector) {
  int key = keys[blockIdx.x];
  if (key == limit || (blockIdx.x > 0 && keys[blockIdx.x - 1] == key)) return;
  float* at = row(table, key, table_stride);
  int thread = blockIdx.y * blockDim.x + threadIdx.x, threads = gridDim.y * blockDim.x;
  int packs = vector ? d / WIDTH<T> : 0;
  for (int p = thread; p < packs; p += threads)
    add_run<T, WIDTH<T>>(at, dy, dy_stride, keys, rows, blockIdx.x, n, p * WIDTH<T>);
  for (int c = packs * WIDTH<T> + thread; c < d; c += threads)
    add_run<T, 1>(at, dy, dy_stride, keys, rows, blockIdx.x, n, c);
}

KERNEL(embedding_backward_f32, 256)(float* table, int table_stride, const float* dy, int dy_stride, const int* keys, const int* rows, int n, int limit, int d, int vector) {
  embedding_backward(table, table_stride, dy, dy_stride, keys, rows, n, limit, d, vector);
}
KERNEL(embedding_backward_bf16, 256)(float* table, int table_stride, const bf16* dy, int dy_stride, const int* keys, const int* rows, int n, int limit, int d, int vector) {
  embedding_backward(table, table_stride, dy, dy_stride, keys, rows, n, limit, d, vector);
}
