/** Cases that run every kernel on any backend, for comparison with the CPU's. */
@NullMarked
package dev.troupe.kernels.check;

import org.jspecify.annotations.NullMarked;
