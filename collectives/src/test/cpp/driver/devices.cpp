// The driver itself, its devices and their primary contexts.
#include <cstdio>
#include <cstring>

#include "errors.h"
#include "state.h"

using namespace emu;

API CUresult cuInit(unsigned flags) {
  if (CUresult fault = faults().hit("cuInit")) return fault;
  if (flags != 0) return CUDA_ERROR_INVALID_VALUE;
  if (machine().devices.empty()) return CUDA_ERROR_NO_DEVICE;
  machine().initialised = true;
  return CUDA_SUCCESS;
}

API CUresult cuDriverGetVersion(int* version) {
  if (CUresult fault = faults().hit("cuDriverGetVersion")) return fault;
  if (version == nullptr) return CUDA_ERROR_INVALID_VALUE;
  *version = 13000;
  return CUDA_SUCCESS;
}

API CUresult cuGetErrorName(CUresult code, const char** name) {
  const ErrorText* found = error_text(code);
  *name = found ? found->name : nullptr;
  return found ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

API CUresult cuGetErrorString(CUresult code, const char** text) {
  const ErrorText* found = error_text(code);
  *text = found ? found->text : nullptr;
  return found ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

API CUresult cuDeviceGetCount(int* count) {
  ENTER("cuDeviceGetCount");
  *count = (int)machine().devices.size();
  return CUDA_SUCCESS;
}

API CUresult cuDeviceGet(CUdevice* device, int ordinal) {
  ENTER("cuDeviceGet");
  if (!is_device(ordinal)) return CUDA_ERROR_INVALID_DEVICE;
  *device = ordinal;
  return CUDA_SUCCESS;
}

API CUresult cuDeviceGetName(char* name, int length, CUdevice device) {
  ENTER("cuDeviceGetName");
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  if (name == nullptr || length < 1) return CUDA_ERROR_INVALID_VALUE;
  snprintf(name, (size_t)length, "Emulated GPU");
  return CUDA_SUCCESS;
}

API CUresult cuDeviceGetPCIBusId(char* id, int length, CUdevice device) {
  ENTER("cuDeviceGetPCIBusId");
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  if (id == nullptr || length < 13) return CUDA_ERROR_INVALID_VALUE;
  snprintf(id, (size_t)length, "0000:%02x:00.0", machine().devices[device]->physical + 1);
  return CUDA_SUCCESS;
}

static CUresult uuid(const char* function, CUuuid* id, CUdevice device) {
  ENTER(function);
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  memset(id, 0, sizeof *id);
  snprintf(id->bytes, sizeof id->bytes, "emulated %d", machine().devices[device]->physical);
  return CUDA_SUCCESS;
}
API CUresult cuDeviceGetUuid(CUuuid* id, CUdevice device) { return uuid("cuDeviceGetUuid", id, device); }
API CUresult cuDeviceGetUuid_v2(CUuuid* id, CUdevice device) { return uuid("cuDeviceGetUuid", id, device); }

API CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) {
  ENTER("cuDeviceTotalMem");
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  *bytes = (size_t)settings().memory;
  return CUDA_SUCCESS;
}

API CUresult cuDeviceComputeCapability(int* major, int* minor, CUdevice device) {
  ENTER("cuDeviceComputeCapability");
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  *major = (int)settings().arch / 10;
  *minor = (int)settings().arch % 10;
  return CUDA_SUCCESS;
}

API CUresult cuDeviceGetAttribute(int* value, int attribute, CUdevice device) {
  ENTER("cuDeviceGetAttribute");
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  const Settings& s = settings();
  switch (attribute) {
    case 1: case 2: case 3: *value = 1024; break;                   // threads a block, in all, along x and y
    case 4: *value = 64; break;                                     // along z
    case 5: *value = 0x7FFFFFFF; break;                             // grid along x
    case 6: case 7: *value = 65535; break;                          // along y and z
    case 8: *value = 48 << 10; break;                               // shared memory a block, without opting in
    case 10: *value = 32; break;                                    // warp
    case 12: case 82: *value = 65536; break;                        // registers a block, an SM
    case 13: *value = 1400000; break;                               // clock, kHz
    case 16: *value = (int)s.multiprocessors; break;
    case 33: *value = machine().devices[device]->physical + 1; break;  // PCI bus
    case 36: *value = 1600000; break;                               // memory clock, kHz
    case 37: *value = 5120; break;                                  // memory bus, bits
    case 38: *value = 40 << 20; break;                              // L2
    case 39: *value = 2048; break;                                  // threads an SM
    case 40: *value = 2; break;                                     // copy engines
    case 41: *value = 1; break;                                     // unified addressing
    case 75: *value = (int)s.arch / 10; break;
    case 76: *value = (int)s.arch % 10; break;
    case 78: *value = 1; break;                                     // stream priorities
    case 81: *value = (int)s.shared_limit + 1024; break;            // shared memory an SM
    case 97: *value = (int)s.shared_limit; break;                   // a block, having opted in
    case 102: *value = 1; break;                                    // virtual memory management
    case 111: *value = 1024; break;                                 // shared memory that the driver keeps
    default:
      if (attribute < 1 || attribute > 150) return CUDA_ERROR_INVALID_VALUE;
      *value = 0;
  }
  return CUDA_SUCCESS;
}

API CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
  ENTER("cuDevicePrimaryCtxRetain");
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  *context = machine().devices[device].get();
  (*context)->retains++;
  return CUDA_SUCCESS;
}

API CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  ENTER("cuDevicePrimaryCtxRelease");
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  Context& context = *machine().devices[device];
  if (context.retains == 0) return CUDA_ERROR_INVALID_CONTEXT;
  context.retains--;
  return CUDA_SUCCESS;
}

API CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned flags) {
  ENTER("cuDevicePrimaryCtxSetFlags");
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  machine().devices[device]->flags = flags;
  return CUDA_SUCCESS;
}

API CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned* flags, int* active) {
  ENTER("cuDevicePrimaryCtxGetState");
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  *flags = machine().devices[device]->flags;
  *active = machine().devices[device]->retains > 0;
  return CUDA_SUCCESS;
}

API CUresult cuCtxSetCurrent(CUcontext context) {
  ENTER("cuCtxSetCurrent");
  if (context != nullptr && context->retains == 0) return CUDA_ERROR_INVALID_CONTEXT;
  current = context;
  return CUDA_SUCCESS;
}

API CUresult cuCtxGetCurrent(CUcontext* context) {
  ENTER("cuCtxGetCurrent");
  *context = current;
  return CUDA_SUCCESS;
}

API CUresult cuCtxGetDevice(CUdevice* device) {
  ENTER_CONTEXT("cuCtxGetDevice");
  *device = current->device;
  return CUDA_SUCCESS;
}

API CUresult cuCtxGetStreamPriorityRange(int* least, int* greatest) {
  ENTER_CONTEXT("cuCtxGetStreamPriorityRange");
  if (least) *least = 0;
  if (greatest) *greatest = -5;
  return CUDA_SUCCESS;
}

API CUresult cuCtxSynchronize() {
  ENTER_CONTEXT("cuCtxSynchronize");
  for (auto& stream : machine().streams.list())
    if (stream->context == current) stream->synchronize();
  machine().null_stream(current)->synchronize();
  return current->sickness;
}
