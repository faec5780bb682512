// Matrix products against the plain loop.
#include <cmath>
#include <random>

#include "../cublaslt/api.h"
#include "check.h"

extern "C" {
int cublasLtCreate(void**);
int cublasLtDestroy(void*);
int cublasLtMatmulDescCreate(void**, int, int);
int cublasLtMatmulDescDestroy(void*);
int cublasLtMatmulDescSetAttribute(void*, int, const void*, size_t);
int cublasLtMatrixLayoutCreate(void**, int, uint64_t, uint64_t, int64_t);
int cublasLtMatrixLayoutDestroy(void*);
int cublasLtMatmulPreferenceCreate(void**);
int cublasLtMatmulPreferenceDestroy(void*);
int cublasLtMatmulPreferenceSetAttribute(void*, int, const void*, size_t);
int cublasLtMatmulAlgoGetHeuristic(void*, void*, void*, void*, void*, void*, void*, int, HeuristicResult*, int*);
int cublasLtMatmul(void*, void*, const void*, const void*, void*, const void*, void*, const void*, const void*, void*, void*, void*, const Algorithm*, void*, size_t, void*);
}

static float rounded(float value, int type) {
  if (type == FLOAT32) return value;
  uint32_t word;
  memcpy(&word, &value, 4);
  word = (word + 0x7FFF + (word >> 16 & 1)) & 0xFFFF0000u;
  memcpy(&value, &word, 4);
  return value;
}

struct Matrix {
  int type;
  int64_t rows, cols, ld;
  std::vector<float> values;
  CUdeviceptr address;
  void* layout;

  Matrix(const Gpu& gpu, int type, int64_t rows, int64_t cols, int64_t ld, std::mt19937& random)
      : type(type), rows(rows), cols(cols), ld(ld), values(ld * cols), address(gpu.memory(ld * cols * 4)) {
    for (float& value : values) value = rounded(std::uniform_real_distribution<float>(-1, 1)(random), type);
    std::vector<char> bytes(values.size() * size());
    for (size_t i = 0; i < values.size(); i++) memcpy(&bytes[i * size()], (char*)&values[i] + 4 - size(), size());
    EQUAL(0, cuMemcpyHtoD_v2(address, bytes.data(), bytes.size()));
    EQUAL(0, cublasLtMatrixLayoutCreate(&layout, type, rows, cols, ld));
  }
  ~Matrix() {
    EQUAL(0, cublasLtMatrixLayoutDestroy(layout));
    EQUAL(0, cuMemFree_v2(address));
  }
  size_t size() const { return type == BFLOAT16 ? 2 : 4; }
  float at(int64_t row, int64_t col) const { return values[row + col * ld]; }
  std::vector<float> read() const {
    std::vector<char> bytes(values.size() * size());
    EQUAL(0, cuMemcpyDtoH_v2(bytes.data(), address, bytes.size()));
    std::vector<float> all(values.size(), 0);
    for (size_t i = 0; i < all.size(); i++) memcpy((char*)&all[i] + 4 - size(), &bytes[i * size()], size());
    return all;
  }
};

static void compare(const Gpu& gpu, void* handle, int in, int out, bool ta, bool tb, bool separate, float beta, int64_t m, int64_t n, int64_t k) {
  std::mt19937 random(17);
  Matrix a(gpu, in, ta ? k : m, ta ? m : k, (ta ? k : m) + 3, random);
  Matrix b(gpu, in, tb ? n : k, tb ? k : n, (tb ? n : k), random);
  Matrix c(gpu, out, m, n, m + 1, random), d(gpu, out, m, n, m + 2, random);
  Matrix& result = separate ? d : c;
  void *desc, *preference;
  EQUAL(0, cublasLtMatmulDescCreate(&desc, COMPUTE_32F, FLOAT32));
  int ops[] = {ta, tb};
  EQUAL(0, cublasLtMatmulDescSetAttribute(desc, DESC_TRANSA, &ops[0], 4));
  EQUAL(0, cublasLtMatmulDescSetAttribute(desc, DESC_TRANSB, &ops[1], 4));
  EQUAL(0, cublasLtMatmulPreferenceCreate(&preference));
  size_t limit = 4 << 20;
  EQUAL(0, cublasLtMatmulPreferenceSetAttribute(preference, PREFER_WORKSPACE, &limit, 8));
  HeuristicResult found[16];
  int count;
  EQUAL(0, cublasLtMatmulAlgoGetHeuristic(handle, desc, a.layout, b.layout, c.layout, result.layout, preference, 16, found, &count));
  CHECK(count >= 3);
  CUdeviceptr workspace = gpu.memory(limit);
  float alpha = 0.5f;
  auto multiply = [&](const HeuristicResult& chosen, CUdeviceptr space) {
    return cublasLtMatmul(handle, desc, &alpha, (void*)a.address, a.layout, (void*)b.address, b.layout, &beta, (void*)c.address, c.layout,
                          (void*)result.address, result.layout, &chosen.algorithm, (void*)space, space ? limit : 0, gpu.stream);
  };
  const HeuristicResult& chosen = found[(size_t)(m + n) % (size_t)count];
  if (chosen.workspace > 0) EQUAL(INVALID_VALUE, multiply(chosen, 0));
  EQUAL(0, multiply(chosen, workspace));
  EQUAL(0, cuStreamSynchronize(gpu.stream));
  std::vector<float> got = result.read();
  for (int64_t j = 0; j < n; j++)
    for (int64_t i = 0; i < result.ld; i++) {
      float actual = got[i + j * result.ld];
      if (i >= m) {
        CHECK(actual == result.at(i, j));  // between the columns nothing is written
        continue;
      }
      double sum = 0, size = 0;
      for (int64_t p = 0; p < k; p++) {
        double term = (double)(ta ? a.at(p, i) : a.at(i, p)) * (tb ? b.at(j, p) : b.at(p, j));
        sum += term;
        size += fabs(term);
      }
      double expected = alpha * sum + (beta == 0 ? 0 : beta * c.at(i, j));
      double allowed = 1e-6 * (size + 1) + (out == BFLOAT16 ? fabs(expected) / 256 : 0);
      if (!(fabs(expected - actual) <= allowed)) {
        fprintf(stderr, "%ld x %ld x %ld, %d%d, types %d %d: at %ld, %ld: %g, not %g\n", m, n, k, ta, tb, in, out, i, j, actual, expected);
        exit(1);
      }
    }
  if (!separate) {
    EQUAL(INVALID_VALUE, cublasLtMatmul(handle, desc, &alpha, a.values.data(), a.layout, (void*)b.address, b.layout, &beta, (void*)c.address, c.layout,
                                        (void*)c.address, c.layout, nullptr, nullptr, 0, gpu.stream));
  }
  EQUAL(0, cuMemFree_v2(workspace));
  EQUAL(0, cublasLtMatmulDescDestroy(desc));
  EQUAL(0, cublasLtMatmulPreferenceDestroy(preference));
}

void test_matrix_products() {
  Gpu gpu;
  void* handle;
  EQUAL(0, cublasLtCreate(&handle));
  const int types[][2] = {{FLOAT32, FLOAT32}, {BFLOAT16, BFLOAT16}, {BFLOAT16, FLOAT32}};
  const int64_t sizes[][3] = {{1, 1, 1}, {13, 7, 5}, {130, 9, 207}, {64, 33, 16}};
  for (auto& type : types)
    for (auto& size : sizes)
      for (int combination = 0; combination < 16; combination++)
        compare(gpu, handle, type[0], type[1], combination & 1, combination & 2, combination & 4, combination & 8 ? 1.0f : 0.0f, size[0], size[1], size[2]);
  EQUAL(0, cublasLtDestroy(handle));
  EQUAL(0, emulator_stat("matmulObjects"));
}
