package dev.troupe.deploy.chaos.engine;

import dev.troupe.deploy.chaos.plan.Moment;

/**
 * A moment of the protocol that a transition reaches.
 *
 * @param moment the moment
 * @param step the step it is of; of a checkpoint's operations, the checkpoint's
 * @param before whether it is reached before the transition's effects are done, not after
 */
record Mark(Moment moment, long step, boolean before) {}
