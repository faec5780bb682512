/** Benchmarks: whole steps beside PyTorch, matrix products, all-reduces, single kernels. */
@NullMarked
package dev.troupe.deploy.bench;

import org.jspecify.annotations.NullMarked;
