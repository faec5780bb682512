package dev.troupe.coordinator.state;

import dev.troupe.coordinator.plan.Place;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What went wrong so far, as far as it decides what comes next.
 *
 * @param fresh whether this coordinator has made no mesh yet
 * @param regroups how often the mesh was made anew since the last commit because of a failure
 * @param defects how many of these were not the loss of a peer
 * @param brokenAt when the last commit before the failure was, in nanoseconds; where regroups is 0,
 *     nothing is broken
 * @param brokenStep the step that was under way then
 * @param nonFiniteStep the step that was found not finite and is being computed once more; 0: none
 * @param skipped steps in a row that counted without an update
 * @param memoryRefused whether the state in memory could not be loaded: the disk's is taken instead
 * @param diskDoubted whether the checkpoint could not be loaded: another one is looked for
 * @param damages how often each device was found to have damaged its replica
 */
record Health(
    boolean fresh,
    int regroups,
    int defects,
    long brokenAt,
    long brokenStep,
    long nonFiniteStep,
    int skipped,
    boolean memoryRefused,
    boolean diskDoubted,
    Map<Place, Integer> damages) {
  /** A device that did it twice is not believed again. */
  private static final int PERSISTENT = 2;

  Health {
    damages = Collections.unmodifiableMap(new LinkedHashMap<>(damages));
  }

  static Health good() {
    return new Health(true, 0, 0, 0, 0, 0, 0, false, false, Map.of());
  }

  Health started() {
    return changed(draft -> draft.fresh = false);
  }

  /**
   * A step was committed. What was committed before and is done again, after the run went back, is
   * no progress: a failure that comes again and again must not be met for ever.
   */
  Health committed(long step, boolean update) {
    int inARow = update ? 0 : skipped + 1;
    return regroups > 0 && step < brokenStep
        ? changed(
            draft -> {
              draft.fresh = false;
              draft.skipped = inARow;
              draft.memoryRefused = false;
              draft.diskDoubted = false;
            })
        : new Health(false, 0, 0, 0, 0, 0, inARow, false, false, damages);
  }

  /** The mesh broke; {@code lastCommit} is when its last step was committed. */
  Health failed(long lastCommit, long step) {
    return changed(
        draft -> {
          draft.regroups++;
          draft.brokenAt = regroups == 0 ? lastCommit : brokenAt;
          draft.brokenStep = regroups == 0 ? step : brokenStep;
        });
  }

  /** A rank failed, and not because a peer was lost. */
  Health defective() {
    return changed(draft -> draft.defects++);
  }

  Health nonFinite(long step) {
    return changed(draft -> draft.nonFiniteStep = step);
  }

  Health refusingMemory() {
    return changed(draft -> draft.memoryRefused = true);
  }

  Health doubtingDisk() {
    return changed(draft -> draft.diskDoubted = true);
  }

  Health damaged(Place place) {
    return changed(draft -> draft.damages.merge(place, 1, Integer::sum));
  }

  boolean persistent(Place place) {
    return damages.getOrDefault(place, 0) >= PERSISTENT;
  }

  /** Devices that are used only where nothing else is left. */
  Set<Place> avoided() {
    return damages.keySet().stream().filter(this::persistent).collect(Collectors.toSet());
  }

  private Health changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.health();
  }

  /** A copy to change, so that a change names nothing else. */
  private static final class Draft {
    boolean fresh;
    int regroups;
    int defects;
    long brokenAt;
    long brokenStep;
    long nonFiniteStep;
    int skipped;
    boolean memoryRefused;
    boolean diskDoubted;
    final Map<Place, Integer> damages;

    Draft(Health from) {
      fresh = from.fresh;
      regroups = from.regroups;
      defects = from.defects;
      brokenAt = from.brokenAt;
      brokenStep = from.brokenStep;
      nonFiniteStep = from.nonFiniteStep;
      skipped = from.skipped;
      memoryRefused = from.memoryRefused;
      diskDoubted = from.diskDoubted;
      damages = new LinkedHashMap<>(from.damages);
    }

    Health health() {
      return new Health(
          fresh,
          regroups,
          defects,
          brokenAt,
          brokenStep,
          nonFiniteStep,
          skipped,
          memoryRefused,
          diskDoubted,
          damages);
    }
  }
}
