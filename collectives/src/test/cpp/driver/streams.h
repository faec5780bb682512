// Streams: a queue and a thread each. Events: marks in those queues.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

#include "api.h"
#include "settings.h"

namespace emu {

using Clock = std::chrono::steady_clock;

// A point of a stream that comes once.
class Mark {
  std::mutex mutex_;
  std::condition_variable came_;
  bool done_ = false;
  Clock::time_point at_;

 public:
  void come() {
    std::lock_guard<std::mutex> lock(mutex_);
    done_ = true;
    at_ = Clock::now();
    came_.notify_all();
  }
  void wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    came_.wait(lock, [&] { return done_; });
  }
  bool done() {
    std::lock_guard<std::mutex> lock(mutex_);
    return done_;
  }
  Clock::time_point at() {
    std::lock_guard<std::mutex> lock(mutex_);
    return at_;
  }
};

struct Event {
  const unsigned flags;
  Context* const context;
  std::mutex mutex;
  std::shared_ptr<Mark> mark;  // of the latest record; null before the first

  std::shared_ptr<Mark> latest() {
    std::lock_guard<std::mutex> lock(mutex);
    return mark;
  }
};

// Largest random delay before each item, in microseconds.
inline std::atomic<long>& jitter() {
  static std::atomic<long> micros{setting("TROUPE_EMULATOR_JITTER_US", 0)};
  return micros;
}

// Work of a sick context is dropped, but what others wait for still comes.
enum class Item { WORK, MARK };

struct Stream : std::enable_shared_from_this<Stream> {
  Context* const context;
  const int priority;
  const unsigned flags;
  const unsigned long long id;

  Stream(Context* context, std::atomic<CUresult>& sickness, int priority, unsigned flags, unsigned long long id)
      : context(context), priority(priority), flags(flags), id(id), sickness_(sickness), random_(id) {}

  void start() {
    std::thread([self = shared_from_this()] { self->loop(); }).detach();
  }

  void submit(std::function<void()> run, Item kind = Item::WORK) {
    std::lock_guard<std::mutex> lock(mutex_);
    queue_.push_back({std::move(run), kind});
    submitted_++;
    changed_.notify_all();
  }

  // Ends the thread when all is done.
  void close() {
    std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
    changed_.notify_all();
  }

  bool idle() {
    std::lock_guard<std::mutex> lock(mutex_);
    return completed_ == submitted_;
  }

  void synchronize() {
    std::unique_lock<std::mutex> lock(mutex_);
    unsigned long long until = submitted_;
    changed_.wait(lock, [&] { return completed_ >= until; });
  }

 private:
  struct Queued { std::function<void()> run; Item kind; };

  void loop() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return !queue_.empty() || closing_; });
      if (queue_.empty()) return;
      Queued item = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      if (long most = jitter(); most > 0)
        std::this_thread::sleep_for(std::chrono::microseconds(random_() % (most + 1)));
      if (item.kind == Item::MARK || sickness_ == CUDA_SUCCESS) item.run();
      item.run = nullptr;
      lock.lock();
      completed_++;
      changed_.notify_all();
    }
  }

  std::atomic<CUresult>& sickness_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Queued> queue_;
  unsigned long long submitted_ = 0, completed_ = 0;
  bool closing_ = false;
  std::mt19937 random_;
};

}  // namespace emu
