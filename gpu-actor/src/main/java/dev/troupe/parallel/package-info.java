/** Tensor-parallel layers: a layer each, with its collectives at the border of the region. */
@NullMarked
package dev.troupe.parallel;

import org.jspecify.annotations.NullMarked;
