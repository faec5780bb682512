// Handles, descriptors, layouts, preferences: created, set, destroyed.
#pragma once
#include <cstring>
#include <mutex>
#include <unordered_set>

#include "api.h"

// Objects that are there, so that what is none is an error and no crash.
class Live {
  std::mutex mutex_;
  std::unordered_set<const void*> all_;

 public:
  template <class T> T* add(T* object) {
    std::lock_guard<std::mutex> lock(mutex_);
    all_.insert(object);
    emulator_count("matmulObjects", 1);
    return object;
  }
  bool has(const void* object) {
    std::lock_guard<std::mutex> lock(mutex_);
    return all_.count(object) > 0;
  }
  template <class T> int destroy(T* object) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (all_.erase(object) == 0) return INVALID_VALUE;
    delete object;
    emulator_count("matmulObjects", -1);
    return SUCCESS;
  }
};

inline Live& live() {
  static Live* all = new Live;
  return *all;
}

template <class T> int assign(T& field, const void* value, size_t bytes) {
  if (bytes != sizeof field) return INVALID_VALUE;
  memcpy(&field, value, bytes);
  return SUCCESS;
}

template <class T> int fetch(const T& field, void* value, size_t bytes, size_t* written) {
  if (written != nullptr) *written = sizeof field;
  if (bytes == 0 && written != nullptr) return SUCCESS;
  if (value == nullptr || bytes < sizeof field) return INVALID_VALUE;
  memcpy(value, &field, sizeof field);
  return SUCCESS;
}

// An attribute that may only keep its default.
inline int must_be(int64_t expected, const void* value, size_t bytes) {
  if (bytes != 4 && bytes != 8) return INVALID_VALUE;
  int64_t given = 0;
  memcpy(&given, value, bytes);
  return given == expected ? SUCCESS : NOT_SUPPORTED;
}
