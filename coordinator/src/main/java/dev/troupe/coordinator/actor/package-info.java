/** The coordinator as an actor: a thin shell that feeds the state machine and does its effects. */
@NullMarked
package dev.troupe.coordinator.actor;

import org.jspecify.annotations.NullMarked;
