/**
 * What a run shows to the outside: where it reports, where it saves, how it ends.
 *
 * <pre>
 * actor (thin shell) -> state (pure machine) -> plan (pure planner)
 *                            |
 *                            v
 *            RunListener, CheckpointStore, RunResult
 * </pre>
 */
@NullMarked
package dev.troupe.coordinator;

import org.jspecify.annotations.NullMarked;
