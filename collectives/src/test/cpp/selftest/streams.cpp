// Streams, events, memory, launches, faults.
#include "check.h"

static void busy_wait(void* gate) {
  while (!*(std::atomic<bool>*)gate) std::this_thread::yield();
}

void test_streams_and_events() {
  Gpu gpu;
  CUstream other;
  EQUAL(0, cuStreamCreateWithPriority(&other, 1, -1));
  CUevent before, after;
  EQUAL(0, cuEventCreate(&before, 0));
  EQUAL(0, cuEventCreate(&after, 0));
  EQUAL(0, cuEventQuery(before));  // never recorded: complete

  CUdeviceptr cell = gpu.memory(4096);
  std::atomic<bool> gate{false};
  unsigned* host;
  EQUAL(0, cuMemHostAlloc((void**)&host, 4096, 0));
  EQUAL(0, cuEventRecord(before, gpu.stream));
  EQUAL(0, cuLaunchHostFunc(gpu.stream, busy_wait, &gate));
  EQUAL(0, cuMemsetD32Async(cell, 7, 1024, gpu.stream));
  EQUAL(0, cuEventRecord(after, gpu.stream));
  EQUAL(0, cuStreamWaitEvent(other, after, 0));
  EQUAL(0, cuMemcpyDtoHAsync_v2(host, cell, 4096, other));
  EQUAL(600, cuStreamQuery(gpu.stream));
  EQUAL(600, cuEventQuery(after));
  EQUAL(600, cuStreamQuery(other));
  float millis;
  EQUAL(600, cuEventElapsedTime(&millis, before, after));
  EQUAL(0, cuEventSynchronize(before));
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  gate = true;
  EQUAL(0, cuStreamSynchronize(other));
  for (int i = 0; i < 1024; i++) EQUAL(7, host[i]);
  EQUAL(0, cuEventSynchronize(after));
  EQUAL(0, cuEventElapsedTime(&millis, before, after));
  CHECK(millis >= 4 && millis < 20000);

  EQUAL(0, cuMemFreeHost(host));
  EQUAL(0, cuMemFree_v2(cell));
  EQUAL(0, cuEventDestroy_v2(before));
  EQUAL(0, cuEventDestroy_v2(after));
  EQUAL(400, cuEventDestroy_v2(after));
  EQUAL(0, cuStreamDestroy_v2(other));
  EQUAL(400, cuStreamSynchronize(other));
}

// With jitter, a chain over two streams keeps its order with waits, and does not without.
void test_jitter_shows_a_missing_wait() {
  Gpu gpu;
  CUstream other;
  EQUAL(0, cuStreamCreateWithPriority(&other, 1, 0));
  CUevent event;
  EQUAL(0, cuEventCreate(&event, 2));
  CUdeviceptr cell = gpu.memory(4);
  unsigned* seen;
  EQUAL(0, cuMemHostAlloc((void**)&seen, 4 * 400, 0));
  emulator_jitter(200);
  int late[2] = {0, 0};
  for (int waits = 0; waits < 2; waits++) {
    for (unsigned i = 0; i < 100; i++) {
      EQUAL(0, cuMemsetD32Async(cell, i, 1, gpu.stream));
      EQUAL(0, cuEventRecord(event, gpu.stream));
      if (waits) EQUAL(0, cuStreamWaitEvent(other, event, 0));
      EQUAL(0, cuMemcpyDtoHAsync_v2(seen + i, cell, 4, other));
      EQUAL(0, cuEventRecord(event, other));
      if (waits) EQUAL(0, cuStreamWaitEvent(gpu.stream, event, 0));
    }
    EQUAL(0, cuCtxSynchronize());
    for (unsigned i = 0; i < 100; i++) late[waits] += seen[i] != i;
  }
  CHECK(late[0] > 0);
  EQUAL(0, late[1]);
  emulator_reset();
  EQUAL(0, cuMemFreeHost(seen));
  EQUAL(0, cuMemFree_v2(cell));
  EQUAL(0, cuEventDestroy_v2(event));
  EQUAL(0, cuStreamDestroy_v2(other));
}

void test_memory() {
  Gpu gpu;
  size_t free, total, now;
  EQUAL(0, cuMemGetInfo_v2(&free, &total));
  CUmemAllocationProp properties{};
  properties.type = 1;
  properties.location = {1, 0};
  size_t unit;
  EQUAL(0, cuMemGetAllocationGranularity(&unit, &properties, 0));
  CUdeviceptr arena;
  EQUAL(1, cuMemAddressReserve(&arena, unit + 1, 0, 0, 0));
  EQUAL(0, cuMemAddressReserve(&arena, 4 * unit, 0, 0, 0));
  CUmemGenericAllocationHandle handle;
  EQUAL(2, cuMemCreate(&handle, (total / unit + 1) * unit, &properties, 0));
  EQUAL(0, cuMemCreate(&handle, 2 * unit, &properties, 0));
  EQUAL(0, cuMemGetInfo_v2(&now, &total));
  EQUAL(free - 2 * unit, now);
  EQUAL(0, cuMemMap(arena + unit, 2 * unit, 0, handle, 0));
  EQUAL(1, cuMemMap(arena + 2 * unit, 2 * unit, 0, handle, 0));
  EQUAL(1, cuMemsetD32Async(arena + unit, 0, 1, gpu.stream));  // not accessible yet
  CUmemAccessDesc access{{1, 0}, 3};
  EQUAL(0, cuMemSetAccess(arena + unit, 2 * unit, &access, 1));
  EQUAL(0, cuMemRelease(handle));
  unsigned words[2];
  EQUAL(0, cuMemcpyDtoH_v2(words, arena + unit, 8));
  EQUAL(0xFFFFFFFF, words[1]);  // what is not written is no number
  EQUAL(0, cuMemsetD32Async(arena + unit, 5, unit / 2, gpu.stream));
  EQUAL(1, cuMemsetD32Async(arena + unit, 5, unit / 2 + 1, gpu.stream));
  EQUAL(0, cuStreamSynchronize(gpu.stream));
  EQUAL(0, cuMemcpyDtoH_v2(words, arena + 3 * unit - 8, 8));
  EQUAL(5, words[1]);
  EQUAL(1, cuMemcpyHtoD_v2((CUdeviceptr)words, words, 8));
  EQUAL(1, cuMemAddressFree(arena, 4 * unit));  // still mapped
  EQUAL(0, cuMemUnmap(arena + unit, 2 * unit));
  EQUAL(0, cuMemGetInfo_v2(&now, &total));
  EQUAL(free, now);
  EQUAL(0, cuMemAddressFree(arena, 4 * unit));
  CUdeviceptr piece;
  EQUAL(2, cuMemAlloc_v2(&piece, total + 1));
  EQUAL(0, emulator_stat("bytes"));
}

void test_launches_and_faults() {
  Gpu gpu;
  CUmodule module;
  EQUAL(200, cuModuleLoadData(&module, ""));
  EQUAL(0, cuModuleLoadData(&module, "image"));
  CUfunction increment, block_sum;
  EQUAL(500, cuModuleGetFunction(&increment, module, "nothing"));
  EQUAL(0, cuModuleGetFunction(&increment, module, "increment"));
  EQUAL(0, cuModuleGetFunction(&block_sum, module, "block_sum"));
  int threads;
  EQUAL(0, cuFuncGetAttribute(&threads, 0, increment));
  EQUAL(1, threads);
  CUdeviceptr cell = gpu.memory(64);
  EQUAL(0, cuMemsetD32Async(cell, 0, 16, gpu.stream));
  void* parameters[] = {&cell};
  for (int i = 0; i < 50; i++) EQUAL(0, cuLaunchKernel(increment, 1, 1, 1, 1, 1, 1, 0, gpu.stream, parameters, nullptr));
  EQUAL(0, cuStreamSynchronize(gpu.stream));
  int value;
  EQUAL(0, cuMemcpyDtoH_v2(&value, cell, 4));
  EQUAL(50, value);
  EQUAL(1, cuLaunchKernel(increment, 1, 1, 1, 2, 1, 1, 0, gpu.stream, parameters, nullptr));

  // More than 48 KiB of shared memory is asked for first, and has an end.
  int count = 3;
  CUdeviceptr x = gpu.memory(64);
  EQUAL(0, cuMemsetD32Async(x, 0x3F800000, 16, gpu.stream));
  void* sum_parameters[] = {&cell, &x, &count};
  EQUAL(1, cuLaunchKernel(block_sum, 1, 1, 1, 64, 1, 1, 49 << 10, gpu.stream, sum_parameters, nullptr));
  EQUAL(1, cuFuncSetAttribute(block_sum, 8, 164 << 10));
  EQUAL(0, cuFuncSetAttribute(block_sum, 8, 163 << 10));
  EQUAL(0, cuLaunchKernel(block_sum, 1, 1, 1, 64, 1, 1, 163 << 10, gpu.stream, sum_parameters, nullptr));
  EQUAL(0, cuStreamSynchronize(gpu.stream));
  double sum;
  EQUAL(0, cuMemcpyDtoH_v2(&sum, cell, 8));
  CHECK(sum == 3);

  // The second launch from now on spoils the context, when its turn comes.
  emulator_fail("cuLaunchKernel", 2, 719);
  EQUAL(0, cuLaunchKernel(increment, 1, 1, 1, 1, 1, 1, 0, gpu.stream, parameters, nullptr));
  EQUAL(0, cuLaunchKernel(increment, 1, 1, 1, 1, 1, 1, 0, gpu.stream, parameters, nullptr));
  EQUAL(719, cuStreamSynchronize(gpu.stream));
  EQUAL(719, cuMemcpyDtoH_v2(&sum, cell, 8));
  emulator_reset();
  EQUAL(0, cuMemcpyDtoH_v2(&sum, cell, 8));

  // A pointer that is no memory of the GPU.
  CUdeviceptr host = (CUdeviceptr)&value;
  void* wrong[] = {&host};
  EQUAL(0, cuLaunchKernel(increment, 1, 1, 1, 1, 1, 1, 0, gpu.stream, wrong, nullptr));
  EQUAL(700, cuStreamSynchronize(gpu.stream));
  emulator_reset();

  emulator_hang(1);
  CUevent event;
  EQUAL(0, cuEventCreate(&event, 2));
  EQUAL(0, cuLaunchKernel(increment, 1, 1, 1, 1, 1, 1, 0, gpu.stream, parameters, nullptr));
  EQUAL(0, cuEventRecord(event, gpu.stream));
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EQUAL(600, cuEventQuery(event));
  emulator_reset();
  EQUAL(0, cuEventSynchronize(event));
  emulator_fail("cuMemAlloc_v2", 1, 2);
  CUdeviceptr none;
  EQUAL(2, cuMemAlloc_v2(&none, 4));
  EQUAL(0, cuMemAlloc_v2(&none, 4));

  std::thread([&] { EQUAL(201, cuEventQuery(event)); }).join();
  EQUAL(0, cuEventDestroy_v2(event));
  for (CUdeviceptr address : {none, cell, x}) EQUAL(0, cuMemFree_v2(address));
  EQUAL(1, cuMemFree_v2(cell));
  EQUAL(0, cuModuleUnload(module));
}
