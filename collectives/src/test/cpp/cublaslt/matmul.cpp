#include <cstdio>

#include "objects.h"
#include "product.h"

#define ENTER(function) \
  if (int fault = emulator_fault(function)) return fault

static constexpr uint32_t MAGIC = 0x454D5531;

// What the descriptors say of a product, and what is wrong with it.
struct Problem {
  int64_t m = 0, n = 0, k = 0;
  const char* wrong = nullptr;

  Problem(const MatmulDesc* desc, const Layout* a, const Layout* b, const Layout* c, const Layout* d) {
    if (!live().has(desc)) { wrong = "no such descriptor"; return; }
    for (const Layout* layout : {a, b, c, d}) {
      if (!live().has(layout)) { wrong = "no such layout"; return; }
      if (layout->rows == 0 || layout->cols == 0) { wrong = "an empty matrix"; return; }
      if (layout->ld < (int64_t)layout->rows) { wrong = "a leading dimension below the rows"; return; }
    }
    bool ta = desc->transpose_a == OP_T, tb = desc->transpose_b == OP_T;
    m = (int64_t)(ta ? a->cols : a->rows);
    k = (int64_t)(ta ? a->rows : a->cols);
    n = (int64_t)(tb ? b->rows : b->cols);
    if ((int64_t)(tb ? b->cols : b->rows) != k) wrong = "op(A)'s columns are not op(B)'s rows";
    else if ((int64_t)d->rows != m || (int64_t)d->cols != n) wrong = "D is not op(A)'s rows by op(B)'s columns";
    else if (c->rows != d->rows || c->cols != d->cols) wrong = "C and D differ in shape";
    else if (a->type != b->type || c->type != d->type || (a->type == FLOAT32 && d->type != FLOAT32)) wrong = "types that do not go together";
  }

  int refuse() const {
    fprintf(stderr, "emulated cublasLt: %s\n", wrong);
    return INVALID_VALUE;
  }
};

static size_t workspace_of(const Algorithm& algorithm, const Problem& problem) {
  return (size_t)(algorithm.split_k - 1) * (size_t)problem.m * (size_t)problem.n * sizeof(float);
}

static bool is_valid(const Algorithm& algorithm) {
  return algorithm.magic == MAGIC && algorithm.id >= 0 && algorithm.split_k >= 1 && algorithm.split_k <= 32 &&
         (algorithm.split_k == 1) == (algorithm.reduction == REDUCTION_NONE);
}

static size_t bytes_of(const Layout& layout) {
  size_t elements = (size_t)layout.ld * (layout.cols - 1) + layout.rows;
  return elements * (layout.type == BFLOAT16 ? 2 : 4);
}

API int cublasLtMatmulAlgoGetHeuristic(void* handle, MatmulDesc* desc, Layout* a, Layout* b, Layout* c, Layout* d,
                                       Preference* preference, int wanted, HeuristicResult* results, int* found) {
  ENTER("cublasLtMatmulAlgoGetHeuristic");
  if (!live().has(handle) || !live().has(preference) || wanted < 1 || results == nullptr || found == nullptr) return INVALID_VALUE;
  Problem problem(desc, a, b, c, d);
  if (problem.wrong) return problem.refuse();
  *found = 0;
  for (int split : {1, 2, 4}) {
    for (uint32_t tile : {20u, 18u, 15u}) {
      Algorithm algorithm{MAGIC, split == 1 ? 66 : 21, tile, split, split == 1 ? REDUCTION_NONE : REDUCTION_COMPUTE_TYPE, 0, 0, 35, 0, 0, {}, {}};
      // Kernels that move 16 bytes at once: more is never needed.
      for (int i = 0; i < 4; i++) algorithm.alignments[i] = std::min(16u, preference->alignments[i]);
      size_t workspace = workspace_of(algorithm, problem);
      bool allowed = split == 1 || (preference->reductions & REDUCTION_COMPUTE_TYPE);
      if (*found == wanted || workspace > preference->workspace || !allowed || split > problem.k) continue;
      results[(*found)++] = {algorithm, workspace, SUCCESS, 1.0f, {}};
    }
  }
  return SUCCESS;
}

API int cublasLtMatmulAlgoCheck(void* handle, MatmulDesc* desc, Layout* a, Layout* b, Layout* c, Layout* d,
                                const Algorithm* algorithm, HeuristicResult* result) {
  ENTER("cublasLtMatmulAlgoCheck");
  if (!live().has(handle) || algorithm == nullptr || result == nullptr) return INVALID_VALUE;
  Problem problem(desc, a, b, c, d);
  if (problem.wrong) return problem.refuse();
  if (!is_valid(*algorithm) || algorithm->split_k > problem.k) return NOT_SUPPORTED;
  *result = {*algorithm, workspace_of(*algorithm, problem), SUCCESS, 1.0f, {}};
  return SUCCESS;
}

API int cublasLtMatmulAlgoConfigGetAttribute(const Algorithm* algorithm, int attribute, void* value, size_t bytes, size_t* written) {
  ENTER("cublasLtMatmulAlgoConfigGetAttribute");
  if (algorithm == nullptr || algorithm->magic != MAGIC) return INVALID_VALUE;
  switch (attribute) {
    case ALGO_ID: return fetch(algorithm->id, value, bytes, written);
    case ALGO_TILE: return fetch(algorithm->tile, value, bytes, written);
    case ALGO_SPLIT_K: return fetch(algorithm->split_k, value, bytes, written);
    case ALGO_REDUCTION: return fetch(algorithm->reduction, value, bytes, written);
    case ALGO_SWIZZLE: return fetch(algorithm->swizzle, value, bytes, written);
    case ALGO_CUSTOM: return fetch(algorithm->custom, value, bytes, written);
    case ALGO_STAGES: return fetch(algorithm->stages, value, bytes, written);
    case ALGO_INNER: return fetch(algorithm->inner, value, bytes, written);
    case ALGO_CLUSTER: return fetch(algorithm->cluster, value, bytes, written);
    default: return INVALID_VALUE;
  }
}

API int cublasLtMatmulAlgoConfigSetAttribute(Algorithm* algorithm, int attribute, const void* value, size_t bytes) {
  ENTER("cublasLtMatmulAlgoConfigSetAttribute");
  if (algorithm == nullptr || algorithm->magic != MAGIC || value == nullptr) return INVALID_VALUE;
  switch (attribute) {
    case ALGO_TILE: return assign(algorithm->tile, value, bytes);
    case ALGO_SPLIT_K: return assign(algorithm->split_k, value, bytes);
    case ALGO_REDUCTION: return assign(algorithm->reduction, value, bytes);
    case ALGO_SWIZZLE: return assign(algorithm->swizzle, value, bytes);
    case ALGO_CUSTOM: return assign(algorithm->custom, value, bytes);
    case ALGO_STAGES: return assign(algorithm->stages, value, bytes);
    case ALGO_INNER: return assign(algorithm->inner, value, bytes);
    case ALGO_CLUSTER: return assign(algorithm->cluster, value, bytes);
    default: return INVALID_VALUE;
  }
}

static void run_and_delete(void* data, int sick) {
  Product* product = (Product*)data;
  if (!sick) run(*product);
  delete product;
}

API int cublasLtMatmul(void* handle, MatmulDesc* desc, const void* alpha, const void* a, Layout* a_layout, const void* b,
                       Layout* b_layout, const void* beta, const void* c, Layout* c_layout, void* d, Layout* d_layout,
                       const Algorithm* algorithm, void* workspace, size_t workspace_bytes, void* stream) {
  ENTER("cublasLtMatmul");
  if (!live().has(handle)) return NOT_INITIALIZED;
  Problem problem(desc, a_layout, b_layout, c_layout, d_layout);
  if (alpha == nullptr || beta == nullptr) problem.wrong = "alpha or beta is null";
  if (problem.wrong) return problem.refuse();
  Algorithm simplest{MAGIC, 66, 20, 1, REDUCTION_NONE, 0, 0, 35, 0, 0, {}, {}};
  const Algorithm& chosen = algorithm == nullptr ? simplest : *algorithm;
  float factor_ab, factor_c;
  memcpy(&factor_ab, alpha, 4);
  memcpy(&factor_c, beta, 4);
  size_t needed = is_valid(chosen) ? workspace_of(chosen, problem) : 0;
  if (!is_valid(chosen)) problem.wrong = "an algorithm that this library did not give";
  else if (needed > workspace_bytes || (needed > 0 && (workspace == nullptr || (uintptr_t)workspace % 256))) problem.wrong = "no workspace, or too little, or not aligned to 256";
  else if (workspace_bytes > 0 && workspace != nullptr && !emulator_live(workspace, workspace_bytes)) problem.wrong = "the workspace is no memory of the GPU";
  else if (!emulator_live(a, bytes_of(*a_layout))) problem.wrong = "A is no memory of the GPU";
  else if (!emulator_live(b, bytes_of(*b_layout))) problem.wrong = "B is no memory of the GPU";
  else if (factor_c != 0 && !emulator_live(c, bytes_of(*c_layout))) problem.wrong = "C is no memory of the GPU";
  else if (!emulator_live(d, bytes_of(*d_layout))) problem.wrong = "D is no memory of the GPU";
  else if (c == d && c_layout->ld != d_layout->ld) problem.wrong = "C is D with another leading dimension";
  const void* addresses[] = {a, b, c, d};
  const Layout* layouts[] = {a_layout, b_layout, c_layout, d_layout};
  for (int i = 0; i < 4 && !problem.wrong; i++) {
    uint32_t unit = std::max(layouts[i]->type == BFLOAT16 ? 2u : 4u, chosen.alignments[i]);
    if ((uintptr_t)addresses[i] % unit) problem.wrong = "an address that is less aligned than the algorithm was asked for";
  }
  if (problem.wrong) return problem.refuse();
  Product* product = new Product{
      problem.m, problem.n, problem.k, desc->transpose_a == OP_T, desc->transpose_b == OP_T, factor_ab, factor_c,
      {(char*)a, a_layout->type, a_layout->ld}, {(char*)b, b_layout->type, b_layout->ld},
      {(char*)c, c_layout->type, c_layout->ld}, {(char*)d, d_layout->type, d_layout->ld}, chosen.split_k, (float*)workspace};
  if (emulator_enqueue(stream, run_and_delete, product) != 0) {
    delete product;
    return EXECUTION_FAILED;
  }
  return SUCCESS;
}
