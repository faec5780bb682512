// Faults that a test asks for: the nth call of a function fails, the nth launch never ends.
#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "api.h"
#include "settings.h"

namespace emu {

// Errors after which a context is good for nothing.
inline bool is_sticky(CUresult code) {
  return code == CUDA_ERROR_ECC_UNCORRECTABLE || code == CUDA_ERROR_LAUNCH_TIMEOUT || code == CUDA_ERROR_ASSERT ||
         code == CUDA_ERROR_ILLEGAL_ADDRESS || (code >= CUDA_ERROR_HARDWARE_STACK_ERROR && code <= CUDA_ERROR_LAUNCH_FAILED);
}

class Faults {
  struct Fault { std::string function; long left; CUresult code; };
  std::mutex mutex_;
  std::condition_variable woken_;
  std::vector<Fault> faults_;
  std::atomic<bool> armed_{false};
  long hang_after_ = 0;   // launches until the one that hangs; 0: none
  long generation_ = 0;   // counts resets

  static constexpr const char* HANG = "hang";

 public:
  // TROUPE_EMULATOR_FAIL=function:nth:code,... with the function "hang" for a launch that never ends.
  Faults() {
    const char* text = getenv("TROUPE_EMULATOR_FAIL");
    std::string all = text == nullptr ? "" : text;
    for (size_t at = 0; at < all.size();) {
      size_t end = std::min(all.find(',', at), all.size());
      std::string one = all.substr(at, end - at);
      size_t a = one.find(':'), b = one.find(':', a + 1);
      if (a != std::string::npos) {
        long nth = atol(one.c_str() + a + 1);
        if (one.compare(0, a, HANG) == 0) hang(nth);
        else if (b != std::string::npos) fail(one.substr(0, a), nth, atoi(one.c_str() + b + 1));
      }
      at = end + 1;
    }
  }

  void fail(std::string function, long nth, CUresult code) {
    if (size_t v = function.rfind("_v"); v != std::string::npos) function.resize(v);
    std::lock_guard<std::mutex> lock(mutex_);
    faults_.push_back({function, nth, code});
    armed_ = true;
  }

  void hang(long nth) {
    std::lock_guard<std::mutex> lock(mutex_);
    hang_after_ = nth;
    armed_ = true;
  }

  void reset() {
    std::lock_guard<std::mutex> lock(mutex_);
    faults_.clear();
    hang_after_ = 0;
    armed_ = false;
    generation_++;
    woken_.notify_all();
  }

  // The code that this call must fail with, or success.
  CUresult hit(const char* function) {
    if (!armed_) return CUDA_SUCCESS;
    std::lock_guard<std::mutex> lock(mutex_);
    CUresult code = CUDA_SUCCESS;
    for (size_t i = 0; i < faults_.size();) {
      if (faults_[i].function == function && --faults_[i].left == 0) {
        code = faults_[i].code;
        faults_.erase(faults_.begin() + i);
      } else {
        i++;
      }
    }
    return code;
  }

  bool launch_hangs() {
    if (!armed_) return false;
    std::lock_guard<std::mutex> lock(mutex_);
    return hang_after_ > 0 && --hang_after_ == 0;
  }

  long generation() {
    std::lock_guard<std::mutex> lock(mutex_);
    return generation_;
  }

  // Returns when there was a reset since that generation.
  void wait_for_reset(long generation) {
    std::unique_lock<std::mutex> lock(mutex_);
    woken_.wait(lock, [&] { return generation_ != generation; });
  }
};

inline Faults& faults() {
  static Faults* all = new Faults;
  return *all;
}

}  // namespace emu
