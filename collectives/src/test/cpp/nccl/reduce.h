// Reductions of the ranks' values in the order of the ranks; bf16 sums in fp32, rounded once.
#pragma once
#include <algorithm>
#include <cstring>
#include <vector>

#include "api.h"

template <class T, class Load, class Store>
void reduce_as(const std::vector<const char*>& from, char* to, size_t count, int operation, size_t element, Load load, Store store) {
  for (size_t i = 0; i < count; i++) {
    T value = load(from[0] + i * element);
    for (size_t r = 1; r < from.size(); r++) {
      T other = load(from[r] + i * element);
      value = operation == SUM ? (T)(value + other) : operation == MAX ? std::max(value, other) : std::min(value, other);
    }
    store(to + i * element, value);
  }
}

template <class T> void reduce_plain(const std::vector<const char*>& from, char* to, size_t count, int operation) {
  reduce_as<T>(
      from, to, count, operation, sizeof(T),
      [](const char* at) { T value; memcpy(&value, at, sizeof value); return value; },
      [](char* at, T value) { memcpy(at, &value, sizeof value); });
}

inline void reduce(const std::vector<const char*>& from, char* to, size_t count, int type, int operation) {
  switch (type) {
    case INT8: return reduce_plain<int8_t>(from, to, count, operation);
    case UINT8: return reduce_plain<uint8_t>(from, to, count, operation);
    case INT32: return operation == SUM ? reduce_plain<uint32_t>(from, to, count, SUM) : reduce_plain<int32_t>(from, to, count, operation);
    case FLOAT32: return reduce_plain<float>(from, to, count, operation);
    case FLOAT64: return reduce_plain<double>(from, to, count, operation);
    default:
      return reduce_as<float>(
          from, to, count, operation, 2,
          [](const char* at) {
            uint16_t bits;
            memcpy(&bits, at, 2);
            uint32_t word = (uint32_t)bits << 16;
            float value;
            memcpy(&value, &word, 4);
            return value;
          },
          [](char* at, float value) {
            uint32_t word;
            memcpy(&word, &value, 4);
            uint16_t bits = value != value ? 0x7FFF : (uint16_t)((word + 0x7FFF + (word >> 16 & 1)) >> 16);
            memcpy(at, &bits, 2);
          });
  }
}
