#include "objects.h"

#define ENTER(function) \
  if (int fault = emulator_fault(function)) return fault

struct Handle {};

API int cublasLtCreate(Handle** handle) {
  ENTER("cublasLtCreate");
  if (handle == nullptr) return INVALID_VALUE;
  *handle = live().add(new Handle);
  return SUCCESS;
}
API int cublasLtDestroy(Handle* handle) { return live().destroy(handle); }

API size_t cublasLtGetVersion() { return 130101; }
API size_t cublasLtGetCudartVersion() { return 13000; }

API int cublasLtMatmulDescCreate(MatmulDesc** desc, int compute, int scale) {
  ENTER("cublasLtMatmulDescCreate");
  if (desc == nullptr) return INVALID_VALUE;
  if ((compute != COMPUTE_32F && compute != COMPUTE_32F_PEDANTIC && compute != COMPUTE_32F_FAST_TF32) || scale != FLOAT32)
    return NOT_SUPPORTED;
  *desc = live().add(new MatmulDesc{compute, scale});
  return SUCCESS;
}
API int cublasLtMatmulDescDestroy(MatmulDesc* desc) { return live().destroy(desc); }

API int cublasLtMatmulDescSetAttribute(MatmulDesc* desc, int attribute, const void* value, size_t bytes) {
  ENTER("cublasLtMatmulDescSetAttribute");
  if (!live().has(desc) || value == nullptr) return INVALID_VALUE;
  switch (attribute) {
    case DESC_TRANSA: case DESC_TRANSB: {
      int operation = 0;
      if (int bad = assign(operation, value, bytes)) return bad;
      if (operation != OP_N && operation != OP_T) return INVALID_VALUE;
      (attribute == DESC_TRANSA ? desc->transpose_a : desc->transpose_b) = operation;
      return SUCCESS;
    }
    case DESC_SM_TARGET: return assign(desc->multiprocessors, value, bytes);
    case DESC_EPILOGUE: return must_be(1, value, bytes);
    case DESC_POINTER_MODE: case DESC_TRANSC: return must_be(0, value, bytes);
    default: return NOT_SUPPORTED;
  }
}

API int cublasLtMatrixLayoutCreate(Layout** layout, int type, uint64_t rows, uint64_t cols, int64_t ld) {
  ENTER("cublasLtMatrixLayoutCreate");
  if (layout == nullptr) return INVALID_VALUE;
  if (type != FLOAT32 && type != BFLOAT16) return NOT_SUPPORTED;
  *layout = live().add(new Layout{type, 0, rows, cols, ld});
  return SUCCESS;
}
API int cublasLtMatrixLayoutDestroy(Layout* layout) { return live().destroy(layout); }

API int cublasLtMatrixLayoutSetAttribute(Layout* layout, int attribute, const void* value, size_t bytes) {
  ENTER("cublasLtMatrixLayoutSetAttribute");
  if (!live().has(layout) || value == nullptr) return INVALID_VALUE;
  switch (attribute) {
    case LAYOUT_TYPE: return assign(layout->type, value, bytes);
    case LAYOUT_ROWS: return assign(layout->rows, value, bytes);
    case LAYOUT_COLS: return assign(layout->cols, value, bytes);
    case LAYOUT_LD: return assign(layout->ld, value, bytes);
    case LAYOUT_ORDER: return must_be(0, value, bytes);
    case LAYOUT_BATCH: return must_be(1, value, bytes);
    case LAYOUT_STRIDE: return bytes == 8 ? SUCCESS : INVALID_VALUE;
    default: return NOT_SUPPORTED;
  }
}

API int cublasLtMatmulPreferenceCreate(Preference** preference) {
  ENTER("cublasLtMatmulPreferenceCreate");
  if (preference == nullptr) return INVALID_VALUE;
  *preference = live().add(new Preference);
  return SUCCESS;
}
API int cublasLtMatmulPreferenceDestroy(Preference* preference) { return live().destroy(preference); }

API int cublasLtMatmulPreferenceSetAttribute(Preference* preference, int attribute, const void* value, size_t bytes) {
  ENTER("cublasLtMatmulPreferenceSetAttribute");
  if (!live().has(preference) || value == nullptr) return INVALID_VALUE;
  if (attribute == PREFER_WORKSPACE) return assign(preference->workspace, value, bytes);
  if (attribute == PREFER_REDUCTION) return assign(preference->reductions, value, bytes);
  if (attribute >= PREFER_ALIGN_A && attribute <= PREFER_ALIGN_D)
    return assign(preference->alignments[attribute - PREFER_ALIGN_A], value, bytes);
  if (attribute != PREFER_SEARCH && attribute != PREFER_WAVES) return NOT_SUPPORTED;
  return bytes == 4 ? SUCCESS : INVALID_VALUE;
}
