/** Reductions over ranges of host memory, in a fixed order. */
@NullMarked
package dev.troupe.collectives.comm.reduce;

import org.jspecify.annotations.NullMarked;
