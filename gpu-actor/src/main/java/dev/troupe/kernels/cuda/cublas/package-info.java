/**
 * Matrix products through cuBLASLt: descriptors, choice of the algorithm by heuristics or by
 * measurement, and the files that keep what was measured.
 *
 * <p>cuBLASLt counts in columns: a row-major C[m, n] is its column-major n x m matrix, so the
 * operands change places. Names and rules: NVIDIA, {@code cublasLt.h}.
 */
@NullMarked
package dev.troupe.kernels.cuda.cublas;

import org.jspecify.annotations.NullMarked;
