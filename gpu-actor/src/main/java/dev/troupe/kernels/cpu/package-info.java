/** The CPU backend: oneDNN for matrix products, the Vector API for all else. */
@NullMarked
package dev.troupe.kernels.cpu;

import org.jspecify.annotations.NullMarked;
