// What the tests of the emulator are written with.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "../driver/api.h"

#define CHECK(condition)                                                                  \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);             \
      exit(1);                                                                            \
    }                                                                                     \
  } while (0)

#define EQUAL(expected, actual)                                                                       \
  do {                                                                                                \
    long long expected_value = (long long)(expected), actual_value = (long long)(actual);             \
    if (expected_value != actual_value) {                                                             \
      fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #actual, actual_value, expected_value); \
      exit(1);                                                                                        \
    }                                                                                                 \
  } while (0)

extern "C" {
int cuInit(unsigned);
int cuDevicePrimaryCtxRetain(CUcontext*, int);
int cuDevicePrimaryCtxRelease_v2(int);
int cuCtxSetCurrent(CUcontext);
int cuCtxSynchronize();
int cuStreamCreateWithPriority(CUstream*, unsigned, int);
int cuStreamDestroy_v2(CUstream);
int cuStreamSynchronize(CUstream);
int cuStreamQuery(CUstream);
int cuStreamWaitEvent(CUstream, CUevent, unsigned);
int cuLaunchHostFunc(CUstream, void (*)(void*), void*);
int cuEventCreate(CUevent*, unsigned);
int cuEventDestroy_v2(CUevent);
int cuEventRecord(CUevent, CUstream);
int cuEventQuery(CUevent);
int cuEventSynchronize(CUevent);
int cuEventElapsedTime(float*, CUevent, CUevent);
int cuMemAlloc_v2(CUdeviceptr*, size_t);
int cuMemFree_v2(CUdeviceptr);
int cuMemGetInfo_v2(size_t*, size_t*);
int cuMemHostAlloc(void**, size_t, unsigned);
int cuMemFreeHost(void*);
int cuMemcpyHtoD_v2(CUdeviceptr, const void*, size_t);
int cuMemcpyDtoH_v2(void*, CUdeviceptr, size_t);
int cuMemcpyHtoDAsync_v2(CUdeviceptr, const void*, size_t, CUstream);
int cuMemcpyDtoHAsync_v2(void*, CUdeviceptr, size_t, CUstream);
int cuMemsetD32Async(CUdeviceptr, unsigned, size_t, CUstream);
int cuMemGetAllocationGranularity(size_t*, const CUmemAllocationProp*, int);
int cuMemAddressReserve(CUdeviceptr*, size_t, size_t, CUdeviceptr, unsigned long long);
int cuMemAddressFree(CUdeviceptr, size_t);
int cuMemCreate(CUmemGenericAllocationHandle*, size_t, const CUmemAllocationProp*, unsigned long long);
int cuMemRelease(CUmemGenericAllocationHandle);
int cuMemMap(CUdeviceptr, size_t, size_t, CUmemGenericAllocationHandle, unsigned long long);
int cuMemSetAccess(CUdeviceptr, size_t, const CUmemAccessDesc*, size_t);
int cuMemUnmap(CUdeviceptr, size_t);
int cuModuleLoadData(CUmodule*, const void*);
int cuModuleUnload(CUmodule);
int cuModuleGetFunction(CUfunction*, CUmodule, const char*);
int cuFuncSetAttribute(CUfunction, int, int);
int cuFuncGetAttribute(int*, int, CUfunction);
int cuLaunchKernel(CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, CUstream, void**, void**);
void emulator_fail(const char*, int, int);
void emulator_hang(int);
void emulator_jitter(int);
void emulator_reset();
long emulator_stat(const char*);
}

// Waits for what another thread brings about.
inline bool comes(const std::function<bool()>& condition) {
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

// A GPU's context and a stream, on this thread.
struct Gpu {
  int device;
  CUcontext context;
  CUstream stream;

  explicit Gpu(int device = 0) : device(device) {
    EQUAL(0, cuInit(0));
    EQUAL(0, cuDevicePrimaryCtxRetain(&context, device));
    EQUAL(0, cuCtxSetCurrent(context));
    EQUAL(0, cuStreamCreateWithPriority(&stream, 1, 0));
  }
  ~Gpu() {
    cuStreamDestroy_v2(stream);
    cuCtxSetCurrent(nullptr);
    cuDevicePrimaryCtxRelease_v2(device);
  }
  CUdeviceptr memory(size_t bytes) const {
    CUdeviceptr address;
    EQUAL(0, cuMemAlloc_v2(&address, bytes));
    return address;
  }
};
