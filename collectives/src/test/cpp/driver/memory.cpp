// Memory of the GPU and page-locked memory of the host: both are ordinary memory here.
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "state.h"

using namespace emu;

static size_t round_up(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }
static size_t pages(size_t bytes) { return round_up(bytes, 4096); }

// New memory is not zero on a GPU: here it starts as NaN, as far as that is cheap.
void emu_poison(void* memory, size_t bytes) { memset(memory, 0xFF, std::min(bytes, (size_t)64 << 20)); }

static void* anonymous(size_t bytes) {
  void* memory = mmap(nullptr, pages(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

API CUresult cuMemGetInfo_v2(size_t* free, size_t* total) {
  ENTER_CONTEXT("cuMemGetInfo");
  *total = (size_t)settings().memory;
  *free = *total - memory().taken(current->physical);
  return CUDA_SUCCESS;
}

API CUresult cuMemAlloc_v2(CUdeviceptr* address, size_t bytes) {
  ENTER_CONTEXT("cuMemAlloc");
  if (address == nullptr || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  size_t taken = round_up(bytes, 512);
  if (!memory().take(current->physical, taken, (size_t)settings().memory)) return CUDA_ERROR_OUT_OF_MEMORY;
  void* start = anonymous(bytes);
  if (start == nullptr) {
    memory().give_back(current->physical, taken);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  emu_poison(start, bytes);
  memory().add((uintptr_t)start, {bytes, Kind::DEVICE, current->physical});
  *address = (CUdeviceptr)start;
  return CUDA_SUCCESS;
}

// Waits for the context's work first, as the driver does.
API CUresult cuMemFree_v2(CUdeviceptr address) {
  CUresult entered = enter_context("cuMemFree");
  if (entered == CUDA_ERROR_INVALID_CONTEXT) return entered;
  if (address == 0) return entered;
  for (auto& stream : machine().streams.list())
    if (stream->context == current) stream->synchronize();
  Range range = memory().remove(address, Kind::DEVICE);
  if (range.bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  memory().give_back(range.device, round_up(range.bytes, 512));
  munmap((void*)address, pages(range.bytes));
  return entered;
}

static CUresult host_alloc(const char* function, void** address, size_t bytes) {
  ENTER_CONTEXT(function);
  if (address == nullptr || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  void* start = anonymous(bytes);
  if (start == nullptr) return CUDA_ERROR_OUT_OF_MEMORY;
  memory().add((uintptr_t)start, {bytes, Kind::PINNED, current->physical});
  *address = start;
  return CUDA_SUCCESS;
}
API CUresult cuMemHostAlloc(void** address, size_t bytes, unsigned) { return host_alloc("cuMemHostAlloc", address, bytes); }
API CUresult cuMemAllocHost_v2(void** address, size_t bytes) { return host_alloc("cuMemAllocHost", address, bytes); }

API CUresult cuMemFreeHost(void* address) {
  CUresult entered = enter_context("cuMemFreeHost");
  if (entered == CUDA_ERROR_INVALID_CONTEXT) return entered;
  Range range = memory().remove((uintptr_t)address, Kind::PINNED);
  if (range.bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  munmap(address, pages(range.bytes));
  return entered;
}

API CUresult cuMemHostRegister_v2(void* address, size_t bytes, unsigned) {
  ENTER_CONTEXT("cuMemHostRegister");
  if (address == nullptr || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  if (memory().touches(Kind::PINNED, (uintptr_t)address, bytes)) return 712;  // already registered
  memory().add((uintptr_t)address, {bytes, Kind::PINNED, current->physical});
  return CUDA_SUCCESS;
}

API CUresult cuMemHostUnregister(void* address) {
  CUresult entered = enter_context("cuMemHostUnregister");
  if (entered == CUDA_ERROR_INVALID_CONTEXT) return entered;
  return memory().remove((uintptr_t)address, Kind::PINNED).bytes ? entered : 713;  // not registered
}

API CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr* address, void* host, unsigned) {
  ENTER_CONTEXT("cuMemHostGetDevicePointer");
  if (!memory().covers(Kind::PINNED, (uintptr_t)host, 1)) return CUDA_ERROR_INVALID_VALUE;
  *address = (CUdeviceptr)host;
  return CUDA_SUCCESS;
}

static bool on_device(CUdeviceptr address, size_t bytes) { return memory().covers(Kind::DEVICE, address, bytes); }
static bool on_host(const void* address, size_t bytes) {
  return address != nullptr && !memory().touches(Kind::DEVICE, (uintptr_t)address, bytes);
}

// Enqueues a copy. Memory that is not page-locked is read before the call returns.
static CUresult to_device(const char* function, CUdeviceptr to, const void* from, size_t bytes, CUstream handle, bool wait) {
  ENTER_STREAM(function, handle);
  if (bytes == 0) return CUDA_SUCCESS;
  if (!on_device(to, bytes) || !on_host(from, bytes)) return CUDA_ERROR_INVALID_VALUE;
  machine().copies++;
  if (memory().covers(Kind::PINNED, (uintptr_t)from, bytes)) {
    stream->submit([=] { memcpy((void*)to, from, bytes); });
  } else {
    auto staged = std::make_shared<std::string>((const char*)from, bytes);
    stream->submit([=] { memcpy((void*)to, staged->data(), bytes); });
  }
  if (wait) stream->synchronize();
  return wait ? (CUresult)stream->context->sickness : CUDA_SUCCESS;
}
API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes, CUstream stream) {
  return to_device("cuMemcpyHtoDAsync", to, from, bytes, stream, false);
}
API CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t bytes) {
  return to_device("cuMemcpyHtoD", to, from, bytes, nullptr, true);
}

// Memory that is not page-locked is written before the call returns.
static CUresult to_host(const char* function, void* to, CUdeviceptr from, size_t bytes, CUstream handle, bool wait) {
  ENTER_STREAM(function, handle);
  if (bytes == 0) return CUDA_SUCCESS;
  if (!on_device(from, bytes) || !on_host(to, bytes)) return CUDA_ERROR_INVALID_VALUE;
  machine().copies++;
  stream->submit([=] { memcpy(to, (const void*)from, bytes); });
  if (!wait && memory().covers(Kind::PINNED, (uintptr_t)to, bytes)) return CUDA_SUCCESS;
  stream->synchronize();
  return stream->context->sickness;
}
API CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return to_host("cuMemcpyDtoHAsync", to, from, bytes, stream, false);
}
API CUresult cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t bytes) {
  return to_host("cuMemcpyDtoH", to, from, bytes, nullptr, true);
}

static CUresult within(const char* function, CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream handle, bool wait) {
  ENTER_STREAM(function, handle);
  if (bytes == 0) return CUDA_SUCCESS;
  if (!on_device(from, bytes) || !on_device(to, bytes)) return CUDA_ERROR_INVALID_VALUE;
  machine().copies++;
  stream->submit([=] { memmove((void*)to, (const void*)from, bytes); });
  if (wait) stream->synchronize();
  return wait ? (CUresult)stream->context->sickness : CUDA_SUCCESS;
}
API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return within("cuMemcpyDtoDAsync", to, from, bytes, stream, false);
}
API CUresult cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  return within("cuMemcpyDtoD", to, from, bytes, nullptr, true);
}

template <class T>
static CUresult set(const char* function, CUdeviceptr to, T value, size_t count, CUstream handle, bool wait) {
  ENTER_STREAM(function, handle);
  if (count == 0) return CUDA_SUCCESS;
  if (to % sizeof(T) || !on_device(to, count * sizeof(T))) return CUDA_ERROR_INVALID_VALUE;
  stream->submit([=] { std::fill_n((T*)to, count, value); });
  if (wait) stream->synchronize();
  return wait ? (CUresult)stream->context->sickness : CUDA_SUCCESS;
}
API CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) {
  return set("cuMemsetD8Async", to, value, count, stream, false);
}
API CUresult cuMemsetD16Async(CUdeviceptr to, unsigned short value, size_t count, CUstream stream) {
  return set("cuMemsetD16Async", to, value, count, stream, false);
}
API CUresult cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count, CUstream stream) {
  return set("cuMemsetD32Async", to, value, count, stream, false);
}
API CUresult cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t count) {
  return set("cuMemsetD8", to, value, count, nullptr, true);
}
API CUresult cuMemsetD32_v2(CUdeviceptr to, unsigned value, size_t count) {
  return set("cuMemsetD32", to, value, count, nullptr, true);
}
