/** The list of computations that a device offers. */
@NullMarked
package dev.troupe.kernels;

import org.jspecify.annotations.NullMarked;
