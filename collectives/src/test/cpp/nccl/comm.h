// A rank's communicator.
#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "shared.h"

struct Comm : std::enable_shared_from_this<Comm> {
  const Id id;
  int rank, ranks;  // of a split known only when it is made
  const bool blocking;
  void* const context;
  const int device;
  const uint64_t gpu;

  std::unique_ptr<Shared> shared;        // set before the state says success
  std::atomic<int> state{ncclInProgress};
  std::atomic<bool> ended{false};        // aborted or revoked: nothing waits any more
  std::atomic<uint64_t> collectives{0};  // executed, to compare with the peers
  std::atomic<uint32_t> splits{0}, shrinks{0};

  Comm(Id id, int rank, int ranks, bool blocking, void* context, int device, uint64_t gpu)
      : id(id), rank(rank), ranks(ranks), blocking(blocking), context(context), device(device), gpu(gpu) {
    emulator_count("communicators", 1);
  }
  ~Comm() { emulator_count("communicators", -1); }

  Result fail(Result result, const std::string& text) {
    std::lock_guard<std::mutex> lock(mutex_);
    error_ = text;
    fprintf(stderr, "emulated NCCL: rank %d of %d: %s\n", rank, ranks, text.c_str());
    state = result;
    changed_.notify_all();
    return result;
  }
  std::string error() {
    std::lock_guard<std::mutex> lock(mutex_);
    return error_;
  }
  void settle(Result result) {
    std::lock_guard<std::mutex> lock(mutex_);
    state = result;
    changed_.notify_all();
  }
  Result await_settled() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return state != ncclInProgress; });
    return (Result)(int)state;
  }
  Result async_error() {
    if (state == ncclSuccess && shared && shared->head().disagreed) return ncclInvalidUsage;
    return (Result)(int)state;
  }

  // Work runs in the order it was issued in, whatever streams it is in.
  bool issue(const std::function<bool(uint64_t ticket)>& launch) {
    std::lock_guard<std::mutex> one(launching_);
    if (!launch(issued_)) return false;
    std::lock_guard<std::mutex> lock(mutex_);
    issued_++;
    return true;
  }
  void begin(uint64_t ticket) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return done_ == ticket || ended; });
    running_++;
  }
  void finish() {
    std::lock_guard<std::mutex> lock(mutex_);
    running_--;
    done_++;
    changed_.notify_all();
  }
  void await_work() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return done_ == issued_ || ended; });
  }
  // Makes all work end; returns when none is at the buffers any more.
  void end() {
    std::unique_lock<std::mutex> lock(mutex_);
    ended = true;
    changed_.notify_all();
    if (state != ncclInProgress && shared) shared->ring(rank);
    changed_.wait(lock, [&] { return running_ == 0; });
  }

 private:
  std::mutex launching_, mutex_;
  std::condition_variable changed_;
  std::string error_;
  uint64_t issued_ = 0, done_ = 0;
  int running_ = 0;
};

using CommPtr = std::shared_ptr<Comm>;

class Comms {
  std::mutex mutex_;
  std::unordered_map<const Comm*, CommPtr> all_;

 public:
  Comm* add(CommPtr comm) {
    std::lock_guard<std::mutex> lock(mutex_);
    return (all_[comm.get()] = comm).get();
  }
  CommPtr get(const Comm* handle) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = all_.find(handle);
    return found == all_.end() ? nullptr : found->second;
  }
  CommPtr remove(const Comm* handle) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = all_.find(handle);
    if (found == all_.end()) return nullptr;
    CommPtr comm = found->second;
    all_.erase(found);
    return comm;
  }
};

inline Comms& comms() {
  static Comms* all = new Comms;
  return *all;
}

// Lets the driver's calls of this scope come from a communicator's context.
class InContext {
  void* before_ = nullptr;

 public:
  explicit InContext(void* context) {
    cuCtxGetCurrent(&before_);
    cuCtxSetCurrent(context);
  }
  ~InContext() { cuCtxSetCurrent(before_); }
};
