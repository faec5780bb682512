/**
 * The coordinator's protocol as a pure state machine, {@code (state, event, time) -> (state,
 * effects)}.
 *
 * <pre>
 * Gathering --planned--> Starting --all ready--> Training --last step--> Concluding
 *     |                     |                       |                        |
 *     |                     +------- failure, abort +                        |
 *     |                                             v                        |
 *     +---- no mesh, stop ----> Finished <------ Stopping <---- saved -------+
 * </pre>
 *
 * A checkpoint runs beside the phases: {@code Idle -> Writing -> Publishing -> Idle}.
 */
@NullMarked
package dev.troupe.coordinator.state;

import org.jspecify.annotations.NullMarked;
