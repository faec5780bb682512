// Which addresses are live, of what kind, and how much of each GPU's memory is taken.
#pragma once
#include <map>
#include <mutex>

#include "api.h"

namespace emu {

enum class Kind { DEVICE, PINNED };

struct Range { size_t bytes; Kind kind; int device; };

class Memory {
  std::mutex mutex_;
  std::map<uintptr_t, Range> live_;
  std::map<int, size_t> taken_;

 public:
  void add(uintptr_t start, Range range) {
    std::lock_guard<std::mutex> lock(mutex_);
    live_[start] = range;
  }

  // The range that starts there, which then is no more; of 0 bytes when there is none.
  Range remove(uintptr_t start, Kind kind) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = live_.find(start);
    if (found == live_.end() || found->second.kind != kind) return {0, kind, 0};
    Range range = found->second;
    live_.erase(found);
    return range;
  }

  // Whether all of it lies in live ranges of a kind, which may follow one another.
  bool covers(Kind kind, uintptr_t start, size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex_);
    uintptr_t at = start, end = start + bytes;
    do {
      auto after = live_.upper_bound(at);
      if (after == live_.begin()) return false;
      auto found = std::prev(after);
      if (found->second.kind != kind || at >= found->first + found->second.bytes) return false;
      at = found->first + found->second.bytes;
    } while (at < end);
    return true;
  }

  bool touches(Kind kind, uintptr_t start, size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto at = live_.lower_bound(start + bytes);
    if (at == live_.begin()) return false;
    --at;
    return at->second.kind == kind && at->first + at->second.bytes > start;
  }

  // Takes memory of a GPU if that much is left.
  bool take(int device, size_t bytes, size_t limit) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (bytes > limit || taken_[device] > limit - bytes) return false;
    taken_[device] += bytes;
    return true;
  }
  void give_back(int device, size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex_);
    taken_[device] -= bytes;
  }
  size_t taken(int device) {
    std::lock_guard<std::mutex> lock(mutex_);
    return taken_[device];
  }
  size_t taken() {
    std::lock_guard<std::mutex> lock(mutex_);
    size_t sum = 0;
    for (auto& [device, bytes] : taken_) sum += bytes;
    return sum;
  }
  size_t pinned() {
    std::lock_guard<std::mutex> lock(mutex_);
    size_t count = 0;
    for (auto& [start, range] : live_) count += range.kind == Kind::PINNED;
    return count;
  }
};

inline Memory& memory() {
  static Memory* all = new Memory;
  return *all;
}

}  // namespace emu
