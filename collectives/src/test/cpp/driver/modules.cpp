// Modules, functions and launches. A module's image says nothing here: its kernels are in the
// library libkernels.so beside this one.
#include <dlfcn.h>

#include <cstdio>
#include <string>

#include "state.h"

using namespace emu;

namespace {

std::string beside(const char* file) {
  Dl_info here;
  dladdr((const void*)&beside, &here);
  std::string path = here.dli_fname;
  return path.substr(0, path.rfind('/') + 1) + file;
}

void* kernels() {
  static void* library = dlopen(beside("libkernels.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  return library;
}

std::shared_ptr<Module> module_of(CUmodule handle) { return machine().modules.get(handle); }

// A function lives as long as its module does.
Function* function_of(CUfunction handle) {
  for (auto& module : machine().modules.list())
    for (auto& entry : module->functions)
      if (entry.second.get() == handle) return handle;
  return nullptr;
}

}  // namespace

static CUresult load(const char* function, CUmodule* handle, const void* image) {
  ENTER_CONTEXT(function);
  if (handle == nullptr || image == nullptr) return CUDA_ERROR_INVALID_VALUE;
  if (*(const char*)image == 0) return CUDA_ERROR_INVALID_IMAGE;
  if (kernels() == nullptr) {
    fprintf(stderr, "emulated GPU: no kernels: %s\n", beside("libkernels.so").c_str());
    return CUDA_ERROR_NO_BINARY_FOR_GPU;
  }
  *handle = machine().modules.add(std::shared_ptr<Module>(new Module{current, {}}));
  return CUDA_SUCCESS;
}
API CUresult cuModuleLoadData(CUmodule* handle, const void* image) { return load("cuModuleLoadData", handle, image); }
API CUresult cuModuleLoadDataEx(CUmodule* handle, const void* image, unsigned, int*, void**) {
  return load("cuModuleLoadDataEx", handle, image);
}
API CUresult cuModuleLoadFatBinary(CUmodule* handle, const void* image) { return load("cuModuleLoadFatBinary", handle, image); }

API CUresult cuModuleUnload(CUmodule handle) {
  CUresult entered = enter_context("cuModuleUnload");
  if (entered == CUDA_ERROR_INVALID_CONTEXT) return entered;
  return machine().modules.remove(handle) ? entered : CUDA_ERROR_INVALID_HANDLE;
}

API CUresult cuModuleGetFunction(CUfunction* handle, CUmodule module_handle, const char* name) {
  ENTER_CONTEXT("cuModuleGetFunction");
  auto module = module_of(module_handle);
  if (!module) return CUDA_ERROR_INVALID_HANDLE;
  if (handle == nullptr || name == nullptr) return CUDA_ERROR_INVALID_VALUE;
  auto& function = module->functions[name];
  if (!function) {
    void* bind = dlsym(kernels(), (std::string("emulated_") + name).c_str());
    void* threads = dlsym(kernels(), (std::string("emulated_threads_") + name).c_str());
    if (bind == nullptr || threads == nullptr) {
      module->functions.erase(name);
      return CUDA_ERROR_NOT_FOUND;
    }
    function.reset(new Function{module.get(), name, (void* (*)(const Dim3*, const Dim3*, size_t, void**))bind, ((int (*)())threads)()});
  }
  *handle = function.get();
  return CUDA_SUCCESS;
}

enum : int { MAX_THREADS = 0, SHARED_BYTES = 1, REGISTERS = 4, BINARY_VERSION = 6, MAX_DYNAMIC_SHARED = 8, CARVEOUT = 9 };

API CUresult cuFuncSetAttribute(CUfunction handle, int attribute, int value) {
  ENTER_CONTEXT("cuFuncSetAttribute");
  Function* function = function_of(handle);
  if (function == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (attribute == CARVEOUT) return value >= -1 && value <= 100 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
  if (attribute != MAX_DYNAMIC_SHARED || value < 0 || value > settings().shared_limit) return CUDA_ERROR_INVALID_VALUE;
  function->dynamic_shared = value;
  return CUDA_SUCCESS;
}

API CUresult cuFuncGetAttribute(int* value, int attribute, CUfunction handle) {
  ENTER_CONTEXT("cuFuncGetAttribute");
  Function* function = function_of(handle);
  if (function == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  switch (attribute) {
    case MAX_THREADS: *value = function->threads; break;
    case REGISTERS: *value = 32; break;
    case BINARY_VERSION: *value = (int)settings().arch; break;
    case MAX_DYNAMIC_SHARED: *value = function->dynamic_shared; break;
    default:
      if (attribute < 0 || attribute > 15) return CUDA_ERROR_INVALID_VALUE;
      *value = 0;
  }
  return CUDA_SUCCESS;
}

// Whether the GPU would find every address: what is not there makes the context sick.
static bool reachable(const Function& function, const Launch& launch) {
  for (size_t i = 0; i < launch.addresses.size(); i++) {
    uintptr_t address = (uintptr_t)launch.addresses[i];
    if (address == 0 || memory().covers(Kind::DEVICE, address, 1) || memory().covers(Kind::PINNED, address, 1)) continue;
    fprintf(stderr, "emulated GPU: kernel %s: pointer argument %zu, %p, is no memory of the GPU\n", function.name.c_str(), i, launch.addresses[i]);
    return false;
  }
  return true;
}

API CUresult cuLaunchKernel(CUfunction handle, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                            unsigned block_y, unsigned block_z, unsigned shared, CUstream stream_handle,
                            void** parameters, void** extra) {
  ENTER_STREAM("cuLaunchKernel", stream_handle);
  Function* function = function_of(handle);
  if (function == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (function->module->context != stream->context) return CUDA_ERROR_INVALID_CONTEXT;
  if (extra != nullptr) return CUDA_ERROR_NOT_SUPPORTED;
  unsigned long long threads = (unsigned long long)block_x * block_y * block_z;
  if (grid_x == 0 || grid_y == 0 || grid_z == 0 || threads == 0 || grid_x > 0x7FFFFFFFu || grid_y > 65535 || grid_z > 65535 ||
      block_x > 1024 || block_y > 1024 || block_z > 64 || threads > 1024 || threads > (unsigned)function->threads ||
      shared > (unsigned)function->dynamic_shared)
    return CUDA_ERROR_INVALID_VALUE;
  Dim3 grid{grid_x, grid_y, grid_z}, block{block_x, block_y, block_z};
  std::shared_ptr<Launch> launch((Launch*)function->bind(&grid, &block, shared, parameters));
  machine().launches++;
  if (faults().launch_hangs())
    stream->submit([generation = faults().generation()] { faults().wait_for_reset(generation); }, Item::MARK);
  auto module = module_of(function->module);  // so that it outlives the launch
  stream->submit([=] {
    if (reachable(*function, *launch)) launch->run();
    else module->context->sickness = CUDA_ERROR_ILLEGAL_ADDRESS;
  });
  return CUDA_SUCCESS;
}

API CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction handle, int threads, size_t shared) {
  ENTER_CONTEXT("cuOccupancyMaxActiveBlocksPerMultiprocessor");
  Function* function = function_of(handle);
  if (function == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (threads < 1) return CUDA_ERROR_INVALID_VALUE;
  size_t by_threads = 2048 / (size_t)threads, by_memory = (size_t)settings().shared_limit / (shared + 1024);
  *blocks = threads > function->threads ? 0 : (int)std::min({by_threads, by_memory, (size_t)32});
  return CUDA_SUCCESS;
}
