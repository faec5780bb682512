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

constexpr int64_t ROWS = 128, COLUMNS = 8;

// sums (ROWS x COLUMNS) += left (depth x ROWS) right (depth x COLUMNS), in the order of depth
__attribute__((target_clones("default", "arch=haswell"))) inline void multiply_panel(
    float* __restrict sums, const float* __restrict left, const float* __restrict right, int64_t depth) {
  for (int64_t j = 0; j < COLUMNS; j++) {
    float* column = sums + j * ROWS;
    for (int64_t p = 0; p < depth; p++) {
      float factor = right[p * COLUMNS + j];
      const float* row = left + p * ROWS;
      for (int64_t i = 0; i < ROWS; i++) column[i] += factor * row[i];
    }
  }
}

// For rows of a panel, sums over from <= p < to; take(i, j, sum) is given each element.
template <class Take> void multiply(const Product& x, int64_t from, int64_t to, Take take) {
  int64_t depth = to - from;
  std::vector<float> left(depth * ROWS), right(depth * COLUMNS), sums(ROWS * COLUMNS);
  for (int64_t i0 = 0; i0 < x.m; i0 += ROWS) {
    int64_t rows = std::min(ROWS, x.m - i0);
    std::fill(left.begin(), left.end(), 0.0f);
    for (int64_t p = 0; p < depth; p++)
      for (int64_t i = 0; i < rows; i++)
        left[p * ROWS + i] = x.transpose_a ? x.a.get(from + p, i0 + i) : x.a.get(i0 + i, from + p);
    for (int64_t j0 = 0; j0 < x.n; j0 += COLUMNS) {
      int64_t columns = std::min(COLUMNS, x.n - j0);
      std::fill(right.begin(), right.end(), 0.0f);
      for (int64_t p = 0; p < depth; p++)
        for (int64_t j = 0; j < columns; j++)
          right[p * COLUMNS + j] = x.transpose_b ? x.b.get(j0 + j, from + p) : x.b.get(from + p, j0 + j);
      std::fill(sums.begin(), sums.end(), 0.0f);
      multiply_panel(sums.data(), left.data(), right.data(), depth);
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
