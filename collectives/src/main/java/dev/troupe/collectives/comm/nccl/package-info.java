/**
 * Collectives among GPUs through NVIDIA's NCCL. A rank has one {@link
 * dev.troupe.collectives.comm.nccl.NcclCommunicators}: one thread that calls it, one stream that
 * all of its collectives run on, one watchdog that ends what does not end by itself.
 */
@NullMarked
package dev.troupe.collectives.comm.nccl;

import org.jspecify.annotations.NullMarked;
