/**
 * The actors of a node: they order, forward and report; the computing is done on threads of its
 * own.
 *
 * <pre>
 * coordinator <-> NodeAgent <-> GpuActor --queue--> StepRunner thread (owns the Trainer)
 *                                   |  <--results--'
 *                                   '--snapshot--> SnapshotWriter thread
 * </pre>
 */
@NullMarked
package dev.troupe.actor;

import org.jspecify.annotations.NullMarked;
