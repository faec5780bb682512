// Element by element: add, copy with conversion, zero. Tensors (rows, cols), rows a stride apart; a
// dense tensor comes as one long row.
#pragma once
#include "rows.cuh"

// y = a + b; y may be a or b.
template <class T>
DEVICE void add(T* y, int y_stride, const T* a, int a_stride, const T* b, int b_stride, int rows, long long cols, int vector) {
  for_elements<WIDTH<T>>(rows, cols, vector, [&](auto width, int r, long long c) {
    float left[width.value], right[width.value];
    load_floats(left, row(a, r, a_stride) + c);
    load_floats(right, row(b, r, b_stride) + c);
    UNROLL for (int i = 0; i < width.value; i++) left[i] += right[i];
    store_floats(row(y, r, y_stride) + c, left);
  });
}

KERNEL(add_f32, 256)(float* y, int y_stride, const float* a, int a_stride, const float* b, int b_stride, int rows, long long cols, int vector) {
  add(y, y_stride, a, a_stride, b, b_stride, rows, cols, vector);
}
KERNEL(add_bf16, 256)(bf16* y, int y_stride, const bf16* a, int a_stride, const bf16* b, int b_stride, int rows, long long cols, int vector) {
  add(y, y_stride, a, a_stride, b, b_stride, rows, cols, vector);
}

// y = x in y's type, round to nearest even. Packs have the width of the wider type.
template <class Y, class X>
DEVICE void copy(Y* y, int y_stride, const X* x, int x_stride, int rows, long long cols, int vector) {
  constexpr int W = WIDTH<Y> < WIDTH<X> ? WIDTH<Y> : WIDTH<X>;
  for_elements<W>(rows, cols, vector, [&](auto width, int r, long long c) {
    float v[width.value];
    load_floats(v, row(x, r, x_stride) + c);
    store_floats(row(y, r, y_stride) + c, v);
  });
}

KERNEL(copy_f32_to_f32, 256)(float* y, int y_stride, const float* x, int x_stride, int rows, long long cols, int vector) {
  copy(y, y_stride, x, x_stride, rows, cols, vector);
}
KERNEL(copy_f32_to_bf16, 256)(bf16* y, int y_stride, const float* x, int x_stride, int rows, long long cols, int vector) {
  copy(y, y_stride, x, x_stride, rows, cols, vector);
}
KERNEL(copy_bf16_to_f32, 256)(float* y, int y_stride, const bf16* x, int x_stride, int rows, long long cols, int vector) {
  copy(y, y_stride, x, x_stride, rows, cols, vector);
}
KERNEL(copy_bf16_to_bf16, 256)(bf16* y, int y_stride, const bf16* x, int x_stride, int rows, long long cols, int vector) {
  copy(y, y_stride, x, x_stride, rows, cols, vector);
}

// Sets `width` bytes of every row to zero; rows are `stride` bytes apart.
KERNEL(zero_bytes, 256)(unsigned char* y, long long stride, int rows, long long width, int vector) {
  for_elements<16>(rows, width, vector, [&](auto bytes, int r, long long c) {
    unsigned char* at = y + r * stride + c;
    if constexpr (bytes.value == 16) store_words(at, Words4{{0, 0, 0, 0}});
    else *at = 0;
  });
}
