package dev.troupe.coordinator.actor;

import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.Transition;

/** Sees every transition of a coordinator, on its thread. */
public interface TransitionObserver {
  /** The transition was worked out; its effects are not done. */
  void before(Event event, Transition transition);

  /** Its effects are done. */
  void after(Event event, Transition transition);
}
