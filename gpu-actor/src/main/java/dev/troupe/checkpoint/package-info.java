/** Sharded checkpoints: written by many ranks, published atomically, read back at any mesh. */
@NullMarked
package dev.troupe.checkpoint;

import org.jspecify.annotations.NullMarked;
