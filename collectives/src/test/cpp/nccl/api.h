// The types and codes of NCCL that the emulated library has.
#pragma once
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#define API extern "C" __attribute__((visibility("default")))

enum Result : int {
  ncclSuccess = 0,
  ncclUnhandledCudaError = 1,
  ncclSystemError = 2,
  ncclInternalError = 3,
  ncclInvalidArgument = 4,
  ncclInvalidUsage = 5,
  ncclRemoteError = 6,
  ncclInProgress = 7,
};

enum Type : int { INT8 = 0, UINT8 = 1, INT32 = 2, FLOAT32 = 7, FLOAT64 = 8, BFLOAT16 = 9 };
enum Operation : int { SUM = 0, MAX = 2, MIN = 3 };

struct UniqueId { char bytes[128]; };

// The part of ncclConfig_t that matters here; what follows are hints.
struct Config {
  size_t size;
  unsigned magic, version;
  int blocking;
};
constexpr unsigned CONFIG_MAGIC = 0xcafebeef;

constexpr int NO_COLOR = -1, SHRINK_ABORT = 1;

// 0 for a type that is not known.
inline size_t size_of(int type) {
  switch (type) {
    case INT8: case UINT8: return 1;
    case BFLOAT16: return 2;
    case INT32: case FLOAT32: return 4;
    case FLOAT64: return 8;
    default: return 0;
  }
}
