package dev.troupe.kernels.cuda.cublas;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** The ways that cuBLASLt offers for a product within limits. */
final class Algorithms {
  private static final int[] ALIGNMENTS = {
    cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES,
    cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
    cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES,
    cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES
  };

  private final CublasLt library;
  private final Limits limits;

  Algorithms(CublasLt library, Limits limits) {
    this.library = library;
    this.limits = limits;
  }

  /**
   * The ones that the library expects to be fastest, best first.
   *
   * @throws CublasException where there is none
   */
  List<Algorithm> expected(Product product, Problem problem, int most) {
    try (cublasLtMatmulHeuristicResult_t results = new cublasLtMatmulHeuristicResult_t(most);
        IntPointer count = new IntPointer(1)) {
      cublasLtMatmulPreferenceOpaque_t preference = preference(product);
      int status =
          cublas.cublasLtMatmulAlgoGetHeuristic(
              library.context(),
              problem.operation(),
              problem.first(),
              problem.second(),
              problem.addend(),
              problem.result(),
              preference,
              most,
              results,
              count);
      cublas.cublasLtMatmulPreferenceDestroy(preference);
      CublasLt.check(status, product + ", choice of an algorithm");
      List<Algorithm> found = new ArrayList<>();
      for (int i = 0; i < count.get(); i++) {
        cublasLtMatmulHeuristicResult_t result = results.getPointer(i);
        if (result.state() == cublas.CUBLAS_STATUS_SUCCESS && allowed(result.algo())) {
          found.add(Algorithm.of(result.algo()));
        }
      }
      if (found.isEmpty()) {
        throw new CublasException(
            cublas.CUBLAS_STATUS_NOT_SUPPORTED, product + ", choice of an algorithm");
      }
      return found;
    }
  }

  /** Whether an algorithm that was kept computes the product on this GPU within the limits. */
  boolean valid(Algorithm algorithm, Problem problem) {
    try (cublasLtMatmulAlgo_t candidate = new cublasLtMatmulAlgo_t();
        cublasLtMatmulHeuristicResult_t result = new cublasLtMatmulHeuristicResult_t()) {
      algorithm.writeTo(candidate);
      int status =
          cublas.cublasLtMatmulAlgoCheck(
              library.context(),
              problem.operation(),
              problem.first(),
              problem.second(),
              problem.addend(),
              problem.result(),
              candidate,
              result);
      return status == cublas.CUBLAS_STATUS_SUCCESS
          && result.workspaceSize() <= limits.workspaceBytes()
          && allowed(candidate);
    }
  }

  /** Sums in place use atomics, whose order nobody knows: never allowed. */
  private int reductions() {
    return limits.deterministic()
        ? cublas.CUBLASLT_REDUCTION_SCHEME_NONE
        : cublas.CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE
            | cublas.CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE;
  }

  private boolean allowed(cublasLtMatmulAlgo_t algorithm) {
    int scheme = config(algorithm, cublas.CUBLASLT_ALGO_CONFIG_REDUCTION_SCHEME);
    if ((scheme & ~reductions()) != 0) {
      return false;
    }
    return !limits.deterministic()
        || config(algorithm, cublas.CUBLASLT_ALGO_CONFIG_SPLITK_NUM) <= 1;
  }

  private static int config(cublasLtMatmulAlgo_t algorithm, int attribute) {
    try (IntPointer value = new IntPointer(new int[] {0})) {
      CublasLt.check(
          cublas.cublasLtMatmulAlgoConfigGetAttribute(
              algorithm, attribute, value, Integer.BYTES, null),
          "algorithm attribute " + attribute);
      return value.get();
    }
  }

  private cublasLtMatmulPreferenceOpaque_t preference(Product product) {
    try (PointerPointer<Pointer> made = new PointerPointer<>(1);
        LongPointer workspace = new LongPointer(new long[] {limits.workspaceBytes()})) {
      CublasLt.check(cublas.cublasLtMatmulPreferenceCreate(made), product.toString());
      cublasLtMatmulPreferenceOpaque_t preference =
          new cublasLtMatmulPreferenceOpaque_t(made.get(0));
      set(preference, cublas.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, workspace, Long.BYTES);
      set(preference, cublas.CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, reductions());
      for (int attribute : ALIGNMENTS) {
        set(preference, attribute, product.alignment());
      }
      return preference;
    }
  }

  private static void set(cublasLtMatmulPreferenceOpaque_t preference, int attribute, int value) {
    try (IntPointer pointer = new IntPointer(new int[] {value})) {
      set(preference, attribute, pointer, Integer.BYTES);
    }
  }

  private static void set(
      cublasLtMatmulPreferenceOpaque_t preference, int attribute, Pointer value, long bytes) {
    CublasLt.check(
        cublas.cublasLtMatmulPreferenceSetAttribute(preference, attribute, value, bytes),
        "preference " + attribute);
  }
}
