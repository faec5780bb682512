// Packs: W neighbouring elements that a thread reads or writes at once, 16 bytes where it can.
// Arithmetic is float32 whatever the elements are.
#pragma once
#include "device.cuh"

template <class T, int W> struct Pack { u32 w[(W * sizeof(T) + 3) / 4]; };

// Elements of 16 bytes.
template <class T> constexpr int WIDTH = 16 / (int)sizeof(T);

// Lets a generic lambda know a width when it is compiled.
template <int W> struct Width { static constexpr int value = W; };

template <int W, class T> DEVICE Pack<T, W> load_pack(const T* from) {
  constexpr int BYTES = W * (int)sizeof(T);
  Pack<T, W> pack;
  if constexpr (BYTES % 16 == 0) {
    UNROLL for (int i = 0; i < BYTES / 16; i++) {
      Words4 words = load_words((const char*)from + 16 * i);
      UNROLL for (int j = 0; j < 4; j++) pack.w[4 * i + j] = words.w[j];
    }
  } else if constexpr (BYTES == 8) {
    check_aligned(from, 8);
    Words2 words = *(const Words2*)from;
    pack.w[0] = words.w[0];
    pack.w[1] = words.w[1];
  } else if constexpr (BYTES == 4) {
    pack.w[0] = *(const u32*)from;
  } else {
    static_assert(BYTES == 2, "a pack of this size is not loaded");
    pack.w[0] = *(const unsigned short*)from;
  }
  return pack;
}

template <class T, int W> DEVICE void store_pack(T* to, const Pack<T, W>& pack) {
  constexpr int BYTES = W * (int)sizeof(T);
  if constexpr (BYTES % 16 == 0) {
    UNROLL for (int i = 0; i < BYTES / 16; i++) {
      Words4 words;
      UNROLL for (int j = 0; j < 4; j++) words.w[j] = pack.w[4 * i + j];
      store_words((char*)to + 16 * i, words);
    }
  } else if constexpr (BYTES == 8) {
    check_aligned(to, 8);
    *(Words2*)to = Words2{{pack.w[0], pack.w[1]}};
  } else if constexpr (BYTES == 4) {
    *(u32*)to = pack.w[0];
  } else {
    static_assert(BYTES == 2, "a pack of this size is not stored");
    *(unsigned short*)to = (unsigned short)pack.w[0];
  }
}

template <int W> DEVICE void unpack(float (&v)[W], const Pack<float, W>& pack) {
  UNROLL for (int i = 0; i < W; i++) v[i] = bits_to_float(pack.w[i]);
}
template <int W> DEVICE void unpack(float (&v)[W], const Pack<bf16, W>& pack) {
  UNROLL for (int i = 0; i < W; i++) v[i] = bits_to_float(i % 2 ? pack.w[i / 2] & 0xffff0000u : pack.w[i / 2] << 16);
}

template <int W> DEVICE void round_into(Pack<float, W>& pack, const float (&v)[W]) {
  UNROLL for (int i = 0; i < W; i++) pack.w[i] = float_to_bits(v[i]);
}
template <int W> DEVICE void round_into(Pack<bf16, W>& pack, const float (&v)[W]) {
  if constexpr (W == 1) {
    pack.w[0] = to_bf16(v[0]).bits;
  } else {
    UNROLL for (int i = 0; i < W / 2; i++) pack.w[i] = pack_bf16(v[2 * i], v[2 * i + 1]);
  }
}

template <class T, int W> DEVICE void load_floats(float (&v)[W], const T* from) { unpack(v, load_pack<W>(from)); }
template <class T, int W> DEVICE void store_floats(T* to, const float (&v)[W]) {
  Pack<T, W> pack;
  round_into(pack, v);
  store_pack(to, pack);
}
