// The types, attributes and codes of cublasLt that the emulated library has.
#pragma once
#include <cstddef>
#include <cstdint>

#define API extern "C" __attribute__((visibility("default")))

enum Status : int { SUCCESS = 0, NOT_INITIALIZED = 1, ALLOC_FAILED = 3, INVALID_VALUE = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };
enum Type : int { FLOAT32 = 0, BFLOAT16 = 14 };
enum Operation : int { OP_N = 0, OP_T = 1 };
enum DescAttribute : int { DESC_COMPUTE = 0, DESC_SCALE = 1, DESC_POINTER_MODE = 2, DESC_TRANSA = 3, DESC_TRANSB = 4, DESC_TRANSC = 5, DESC_EPILOGUE = 7, DESC_SM_TARGET = 15 };
enum LayoutAttribute : int { LAYOUT_TYPE = 0, LAYOUT_ORDER = 1, LAYOUT_ROWS = 2, LAYOUT_COLS = 3, LAYOUT_LD = 4, LAYOUT_BATCH = 5, LAYOUT_STRIDE = 6 };
enum PreferenceAttribute : int { PREFER_SEARCH = 0, PREFER_WORKSPACE = 1, PREFER_REDUCTION = 3, PREFER_ALIGN_A = 5, PREFER_ALIGN_D = 8, PREFER_WAVES = 9 };
enum AlgoAttribute : int { ALGO_ID = 0, ALGO_TILE = 1, ALGO_SPLIT_K = 2, ALGO_REDUCTION = 3, ALGO_SWIZZLE = 4, ALGO_CUSTOM = 5, ALGO_STAGES = 6, ALGO_INNER = 7, ALGO_CLUSTER = 8 };
enum Reduction : uint32_t { REDUCTION_NONE = 0, REDUCTION_COMPUTE_TYPE = 2 };

constexpr int COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC = 69, COMPUTE_32F_FAST_TF32 = 77;

struct MatmulDesc {
  int compute, scale, transpose_a = OP_N, transpose_b = OP_N, epilogue = 1, multiprocessors = 0;
};

struct Layout {
  int type, order = 0;
  uint64_t rows, cols;
  int64_t ld;
};

struct Preference {
  uint64_t workspace = 0;
  uint32_t reductions = 7;
  uint32_t alignments[4] = {256, 256, 256, 256};  // that A, B, C and D are promised to have
};

// cublasLtMatmulAlgo_t: 64 bytes that the caller may copy and store.
struct Algorithm {
  uint32_t magic;
  int32_t id;
  uint32_t tile;
  int32_t split_k;
  uint32_t reduction, swizzle, custom, stages;
  uint16_t inner, cluster;
  uint32_t alignments[4];  // that A, B, C and D must have
  uint32_t unused[3];
};
static_assert(sizeof(Algorithm) == 64, "as the real one");

struct HeuristicResult {
  Algorithm algorithm;
  size_t workspace;
  int status;
  float waves;
  int reserved[4];
};
static_assert(sizeof(HeuristicResult) == 96, "as the real one");

// The emulated driver.
extern "C" int emulator_enqueue(void* stream, void (*function)(void* data, int sick), void* data);
extern "C" int emulator_fault(const char* function);
extern "C" void emulator_count(const char* name, int change);
extern "C" int emulator_live(const void* address, size_t bytes);
