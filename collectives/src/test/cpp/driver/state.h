// The emulated machine: its GPUs and what lives on them.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "api.h"
#include "../launch.h"
#include "faults.h"
#include "memory.h"
#include "settings.h"
#include "streams.h"

namespace emu {

// A GPU's primary context.
struct Context {
  const int device;    // as this process numbers them
  const int physical;  // as the machine does
  std::atomic<int> retains{0};
  std::atomic<CUresult> sickness{CUDA_SUCCESS};
  std::atomic<unsigned> flags{0};
};

struct Function {
  Module* const module;
  const std::string name;
  void* (*const bind)(const Dim3*, const Dim3*, size_t, void**);
  const int threads;
  std::atomic<int> dynamic_shared{48 << 10};
};

struct Module {
  Context* const context;
  std::unordered_map<std::string, std::unique_ptr<Function>> functions;
};

// Objects by handle, so that a handle that is none is an error and no crash.
template <class T> class Handles {
  std::mutex mutex_;
  std::unordered_map<const T*, std::shared_ptr<T>> all_;

 public:
  T* add(std::shared_ptr<T> object) {
    std::lock_guard<std::mutex> lock(mutex_);
    T* handle = object.get();
    all_[handle] = std::move(object);
    return handle;
  }
  std::shared_ptr<T> get(const T* handle) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = all_.find(handle);
    return found == all_.end() ? nullptr : found->second;
  }
  std::shared_ptr<T> remove(const T* handle) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = all_.find(handle);
    if (found == all_.end()) return nullptr;
    std::shared_ptr<T> object = std::move(found->second);
    all_.erase(found);
    return object;
  }
  std::vector<std::shared_ptr<T>> list() {
    std::lock_guard<std::mutex> lock(mutex_);
    std::vector<std::shared_ptr<T>> objects;
    for (auto& entry : all_) objects.push_back(entry.second);
    return objects;
  }
  size_t count() {
    std::lock_guard<std::mutex> lock(mutex_);
    return all_.size();
  }
};

struct Machine {
  std::atomic<bool> initialised{false};
  std::vector<std::unique_ptr<Context>> devices;
  Handles<Stream> streams;
  Handles<Event> events;
  Handles<Module> modules;
  std::mutex mutex;
  std::unordered_map<Context*, std::shared_ptr<Stream>> null_streams;
  std::atomic<unsigned long long> stream_ids{0}, launches{0}, copies{0};

  // CUDA_VISIBLE_DEVICES chooses among the GPUs by number, as with the real driver.
  Machine() {
    std::vector<int> visible;
    if (const char* chosen = getenv("CUDA_VISIBLE_DEVICES")) {
      for (const char* at = chosen; *at;) {
        char* end;
        long index = strtol(at, &end, 10);
        if (end == at || index < 0 || index >= settings().gpus) break;
        visible.push_back((int)index);
        at = *end == ',' ? end + 1 : end;
      }
    } else {
      for (int i = 0; i < settings().gpus; i++) visible.push_back(i);
    }
    for (size_t i = 0; i < visible.size(); i++) devices.emplace_back(new Context{(int)i, visible[i]});
  }

  std::shared_ptr<Stream> new_stream(Context* context, int priority, unsigned flags) {
    auto stream = std::make_shared<Stream>(context, context->sickness, priority, flags, ++stream_ids);
    stream->start();
    return stream;
  }

  std::shared_ptr<Stream> null_stream(Context* context) {
    std::lock_guard<std::mutex> lock(mutex);
    auto& stream = null_streams[context];
    if (!stream) stream = new_stream(context, 0, 0);
    return stream;
  }
};

inline Machine& machine() {
  static Machine* all = new Machine;
  return *all;
}

inline thread_local Context* current = nullptr;

inline bool is_device(CUdevice device) { return device >= 0 && (size_t)device < machine().devices.size(); }

// What every call begins with: a fault that a test asked for, or that the driver is not ready.
inline CUresult enter(const char* function) {
  if (CUresult fault = faults().hit(function)) return fault;
  return machine().initialised ? CUDA_SUCCESS : CUDA_ERROR_NOT_INITIALIZED;
}

// The same for calls that need a current context, which a sticky error makes useless.
inline CUresult enter_context(const char* function) {
  CUresult fault = enter(function);
  if (current == nullptr) return fault ? fault : CUDA_ERROR_INVALID_CONTEXT;
  if (is_sticky(fault)) current->sickness = fault;
  if (CUresult sick = current->sickness) return sick;
  return current->retains > 0 ? fault : CUDA_ERROR_INVALID_CONTEXT;
}

// A stream by its handle; the default streams are one queue of the current context.
inline std::shared_ptr<Stream> stream_of(CUstream handle) {
  if ((uintptr_t)handle <= 2) return machine().null_stream(current);
  return machine().streams.get(handle);
}

// For calls that put work in a stream: a sticky fault comes when its turn comes, as on a GPU.
inline CUresult enter_stream(const char* function, CUstream handle, std::shared_ptr<Stream>& stream) {
  CUresult fault = enter(function);
  if (current == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
  if (CUresult sick = current->sickness) return sick;
  if (current->retains == 0) return CUDA_ERROR_INVALID_CONTEXT;
  if (fault && !is_sticky(fault)) return fault;
  stream = stream_of(handle);
  if (!stream) return CUDA_ERROR_INVALID_HANDLE;
  if (stream->context != current) return CUDA_ERROR_INVALID_CONTEXT;
  if (fault) stream->submit([context = stream->context, fault] { context->sickness = fault; });
  return CUDA_SUCCESS;
}

#define ENTER(function) \
  if (CUresult entered = enter(function)) return entered
#define ENTER_CONTEXT(function) \
  if (CUresult entered = enter_context(function)) return entered
#define ENTER_STREAM(function, handle)       \
  std::shared_ptr<Stream> stream;            \
  if (CUresult entered = enter_stream(function, handle, stream)) return entered

}  // namespace emu
