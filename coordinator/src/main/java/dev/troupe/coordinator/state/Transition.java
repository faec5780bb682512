package dev.troupe.coordinator.state;

import java.util.List;

/**
 * What an event led to.
 *
 * @param state the state after it
 * @param effects what is to be done, in order
 */
public record Transition(RunState state, List<Effect> effects) {
  /** Copies the list. */
  public Transition {
    effects = List.copyOf(effects);
  }
}
