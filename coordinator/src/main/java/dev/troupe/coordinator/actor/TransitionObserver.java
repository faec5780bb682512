package dev.troupe.coordinator.actor;

import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.Transition;

/**
 * Sees every transition of a run's protocol; for fault injection. Called on the coordinator's
 * thread, which does nothing else meanwhile.
 */
public interface TransitionObserver {
  /** Sees nothing. */
  TransitionObserver NONE =
      new TransitionObserver() {
        @Override
        public void before(Event event, Transition transition) {}

        @Override
        public void after(Event event, Transition transition) {}
      };

  /** The event is decided upon; none of the effects is done yet. */
  void before(Event event, Transition transition);

  /** All effects are done, or under way. */
  void after(Event event, Transition transition);
}
