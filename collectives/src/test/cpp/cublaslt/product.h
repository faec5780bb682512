// The product itself: D = alpha op(A) op(B) + beta C, column-major, summed in fp32.
#pragma once
#include <algorithm>
#include <cstring>
#include <vector>

#include "api.h"

struct Operand {
  char* data;
  int type;
  int64_t ld;

  float get(int64_t row, int64_t col) const {
    const char* at = data + (row + col * ld) * (type == BFLOAT16 ? 2 : 4);
    if (type == FLOAT32) {
      float value;
      memcpy(&value, at, 4);
      return value;
    }
    uint16_t bits;
    memcpy(&bits, at, 2);
    uint32_t word = (uint32_t)bits << 16;
    float value;
    memcpy(&value, &word, 4);
    return value;
  }

  // Rounds to nearest even.
  void set(int64_t row, int64_t col, float value) const {
    char* at = data + (row + col * ld) * (type == BFLOAT16 ? 2 : 4);
    if (type == FLOAT32) {
      memcpy(at, &value, 4);
      return;
    }
    uint32_t word;
    memcpy(&word, &value, 4);
    uint16_t bits = value != value ? 0x7FFF : (uint16_t)((word + 0x7FFF + (word >> 16 & 1)) >> 16);
    memcpy(at, &bits, 2);
  }
};

struct Product {
  int64_t m, n, k;
  bool transpose_a, transpose_b;
  float alpha, beta;
  Operand a, b, c, d;
  int split_k;
  float* partial;  // split_k - 1 matrices of m x n, when split
};

constexpr int64_t ROWS = 64, COLUMNS = 8;

typedef float Lanes __attribute__((vector_size(32)));
constexpr int64_t LANES = 8, TILE = 4;

// sums (ROWS x COLUMNS) = left (depth x ROWS) right (depth x COLUMNS), in the order of depth; two
// vectors of rows by TILE columns stay in registers
__attribute__((target_clones("default", "arch=x86-64-v3"))) inline void multiply_panel(
    float* __restrict sums, const float* __restrict left, const float* __restrict right, int64_t depth) {
  for (int64_t i = 0; i < ROWS; i += 2 * LANES) {
    for (int64_t j = 0; j < COLUMNS; j += TILE) {
      Lanes tile[TILE][2] = {};
      for (int64_t p = 0; p < depth; p++) {
        Lanes low, high;
        memcpy(&low, left + p * ROWS + i, sizeof low);
        memcpy(&high, left + p * ROWS + i + LANES, sizeof high);
#pragma GCC unroll 4
        for (int64_t t = 0; t < TILE; t++) {
          float factor = right[p * COLUMNS + j + t];
          tile[t][0] += low * factor;
          tile[t][1] += high * factor;
        }
      }
#pragma GCC unroll 4
      for (int64_t t = 0; t < TILE; t++) {
        memcpy(sums + (j + t) * ROWS + i, &tile[t][0], sizeof(Lanes));
        memcpy(sums + (j + t) * ROWS + i + LANES, &tile[t][1], sizeof(Lanes));
      }
    }
  }
}

// Sums over from <= p < to; take(i, j, sum) is given each element.
template <class Take> void multiply(const Product& x, int64_t from, int64_t to, Take take) {
  int64_t depth = to - from, panels = (x.m + ROWS - 1) / ROWS;
  std::vector<float> left(panels * depth * ROWS), right(depth * COLUMNS), sums(ROWS * COLUMNS);
  for (int64_t p = 0; p < depth; p++)
    for (int64_t i = 0; i < x.m; i++)
      left[(i / ROWS * depth + p) * ROWS + i % ROWS] = x.transpose_a ? x.a.get(from + p, i) : x.a.get(i, from + p);
  for (int64_t j0 = 0; j0 < x.n; j0 += COLUMNS) {
    int64_t columns = std::min(COLUMNS, x.n - j0);
    for (int64_t p = 0; p < depth; p++)
      for (int64_t j = 0; j < columns; j++)
        right[p * COLUMNS + j] = x.transpose_b ? x.b.get(j0 + j, from + p) : x.b.get(from + p, j0 + j);
    for (int64_t i0 = 0; i0 < x.m; i0 += ROWS) {
      int64_t rows = std::min(ROWS, x.m - i0);
      multiply_panel(sums.data(), left.data() + i0 * depth, right.data(), depth);
      for (int64_t j = 0; j < columns; j++)
        for (int64_t i = 0; i < rows; i++) take(i0 + i, j0 + j, sums[j * ROWS + i]);
    }
  }
}

inline void run(const Product& x) {
  int64_t part = (x.k + x.split_k - 1) / x.split_k;
  for (int s = 0; s + 1 < x.split_k; s++) {
    float* sums = x.partial + s * x.m * x.n;
    multiply(x, std::min(x.k, s * part), std::min(x.k, (s + 1) * part), [&](int64_t i, int64_t j, float sum) { sums[j * x.m + i] = sum; });
  }
  multiply(x, std::min(x.k, (x.split_k - 1) * part), x.k, [&](int64_t i, int64_t j, float last) {
    float sum = 0;
    for (int s = 0; s + 1 < x.split_k; s++) sum += x.partial[(s * x.n + j) * x.m + i];
    float value = x.alpha * (sum + last);
    x.d.set(i, j, x.beta == 0 ? value : value + x.beta * x.c.get(i, j));
  });
}
