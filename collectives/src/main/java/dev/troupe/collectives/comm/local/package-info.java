/**
 * Collectives among the threads of one process, without a copy: each rank reduces its part of the
 * data over all ranks' buffers where they lie.
 */
@NullMarked
package dev.troupe.collectives.comm.local;

import org.jspecify.annotations.NullMarked;
