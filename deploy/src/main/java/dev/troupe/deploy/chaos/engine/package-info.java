/**
 * Carries a plan of faults out, where the run is coordinated, and writes down what came of it.
 *
 * <pre>
 * CoordinatorActor --transitions--> ChaosEngine: Sighting --> Triggers --> Aim --> Hands
 *                                        '--> Ledger --> events.jsonl
 * </pre>
 */
@NullMarked
package dev.troupe.deploy.chaos.engine;

import org.jspecify.annotations.NullMarked;
