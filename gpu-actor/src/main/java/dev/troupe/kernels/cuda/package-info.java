/**
 * The CUDA backend of the kernels: launches of the module in src/main/cuda on a rank's compute
 * stream. Every kernel is deterministic: no atomics on floats, all sums in a fixed order.
 */
@NullMarked
package dev.troupe.kernels.cuda;

import org.jspecify.annotations.NullMarked;
