/** The training step of one rank. */
@NullMarked
package dev.troupe.train;

import org.jspecify.annotations.NullMarked;
