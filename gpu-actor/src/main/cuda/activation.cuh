// Rotary embedding and SwiGLU.
#pragma once
#include "rows.cuh"

// Rotates in place the halves of each head: (a, b) becomes (a cos - b sin, b cos + a sin); `sign` -1
// rotates back. x (rows, heads * 2 half); table (positions, [cos half | sin half]); row r has position
// first + r % length.
template <class T>
DEVICE void rope(T* x, int stride, const float* table, int table_stride, int rows, int heads, int half, int length, int first, float sign, int vector) {
  for_elements<WIDTH<T>>(rows, (long long)heads * half, vector, [&](auto width, int r, long long c) {
    constexpr int W = width.value;
    int head = (int)c / half, i = (int)c % half;
    T* low = row(x, r, stride) + head * 2 * half + i;
    const float* angle = row(table, first + r % length, table_stride) + i;
    float a[W], b[W], cos[W], sin[W];
    load_floats(a, low);
    load_floats(b, low + half);
    load_floats(cos, angle);
    load_floats(sin, angle + half);
    UNROLL for (int k = 0; k < W; k++) {
      float s = sin[k] * sign, turned = a[k];
      a[k] = turned * cos[k] - b[k] * s;
      b[k] = b[k] * cos[k] + turned * s;
    }
    store_floats(low, a);
    store_floats(low + half, b);
  });
}

KERNEL(rope_f32, 256)(float* x, int stride, const float* table, int table_stride, int rows, int heads, int half, int length, int first, float sign, int vector) {
  rope(x, stride, table, table_stride, rows, heads, half, length, first, sign, vector);
}
KERNEL(rope_bf16, 256)(bf16* x, int stride, const float* table, int table_stride, int rows, int heads, int half, int length, int first, float sign, int vector) {
  rope(x, stride, table, table_stride, rows, heads, half, length, first, sign, vector);
}

DEVICE float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

// y = gate * sigmoid(gate) * up; gate_up (rows, [gate f | up f]).
template <class T>
DEVICE void swiglu(T* y, int y_stride, const T* gate_up, int stride, int rows, int f, int vector) {
  for_elements<WIDTH<T>>(rows, f, vector, [&](auto width, int r, long long c) {
    float gate[width.value], up[width.value];
    const T* at = row(gate_up, r, stride) + c;
    load_floats(gate, at);
    load_floats(up, at + f);
    UNROLL for (int i = 0; i < width.value; i++) gate[i] = gate[i] * sigmoid(gate[i]) * up[i];
    store_floats(row(y, r, y_stride) + c, gate);
  });
}

KERNEL(swiglu_f32, 256)(float* y, int y_stride, const float* gate_up, int stride, int rows, int f, int vector) {
  swiglu(y, y_stride, gate_up, stride, rows, f, vector);
}
KERNEL(swiglu_bf16, 256)(bf16* y, int y_stride, const bf16* gate_up, int stride, int rows, int f, int vector) {
  swiglu(y, y_stride, gate_up, stride, rows, f, vector);
}

// dGate = dy * up * s * (1 + gate * (1 - s)), dUp = dy * gate * s with s = sigmoid(gate). d_gate_up may
// be gate_up: a thread reads what it then overwrites, and nothing else.
template <class T>
DEVICE void swiglu_backward(T* d_gate_up, int d_stride, const T* dy, int dy_stride, const T* gate_up, int stride, int rows, int f, int vector) {
  for_elements<WIDTH<T>>(rows, f, vector, [&](auto width, int r, long long c) {
    float gate[width.value], up[width.value], d[width.value];
    const T* from = row(gate_up, r, stride) + c;
    load_floats(gate, from);
    load_floats(up, from + f);
    load_floats(d, row(dy, r, dy_stride) + c);
    UNROLL for (int i = 0; i < width.value; i++) {
      float s = sigmoid(gate[i]), gs = gate[i] * s;
      gate[i] = d[i] * up[i] * (s + gs - gs * s);
      up[i] = d[i] * gs;
    }
    T* to = row(d_gate_up, r, d_stride) + c;
    store_floats(to, gate);
    store_floats(to + f, up);
  });
}

KERNEL(swiglu_backward_f32, 256)(float* d_gate_up, int d_stride, const float* dy, int dy_stride, const float* gate_up, int stride, int rows, int f, int vector) {
  swiglu_backward(d_gate_up, d_stride, dy, dy_stride, gate_up, stride, rows, f, vector);
}
KERNEL(swiglu_backward_bf16, 256)(bf16* d_gate_up, int d_stride, const bf16* dy, int dy_stride, const bf16* gate_up, int stride, int rows, int f, int vector) {
  swiglu_backward(d_gate_up, d_stride, dy, dy_stride, gate_up, stride, rows, f, vector);
}
