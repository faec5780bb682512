package dev.troupe.coordinator.state;

import dev.troupe.coordinator.plan.Place;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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
    return new Health(
        false,
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

  /**
   * A step was committed. What was committed before and is done again, after the run went back, is
   * no progress: a failure that comes again and again must not be met for ever.
   */
  Health committed(long step, boolean update) {
    int inARow = update ? 0 : skipped + 1;
    return regroups > 0 && step < brokenStep
        ? new Health(
            false,
            regroups,
            defects,
            brokenAt,
            brokenStep,
            nonFiniteStep,
            inARow,
            false,
            false,
            damages)
        : new Health(false, 0, 0, 0, 0, 0, inARow, false, false, damages);
  }

  /** The mesh broke; {@code lastCommit} is when its last step was committed. */
  Health failed(long lastCommit, long step) {
    return new Health(
        fresh,
        regroups + 1,
        defects,
        regroups == 0 ? lastCommit : brokenAt,
        regroups == 0 ? step : brokenStep,
        nonFiniteStep,
        skipped,
        memoryRefused,
        diskDoubted,
        damages);
  }

  /** A rank failed, and not because a peer was lost. */
  Health defective() {
    return new Health(
        fresh,
        regroups,
        defects + 1,
        brokenAt,
        brokenStep,
        nonFiniteStep,
        skipped,
        memoryRefused,
        diskDoubted,
        damages);
  }

  Health nonFinite(long step) {
    return new Health(
        fresh,
        regroups,
        defects,
        brokenAt,
        brokenStep,
        step,
        skipped,
        memoryRefused,
        diskDoubted,
        damages);
  }

  Health refusingMemory() {
    return new Health(
        fresh,
        regroups,
        defects,
        brokenAt,
        brokenStep,
        nonFiniteStep,
        skipped,
        true,
        diskDoubted,
        damages);
  }

  Health doubtingDisk() {
    return new Health(
        fresh,
        regroups,
        defects,
        brokenAt,
        brokenStep,
        nonFiniteStep,
        skipped,
        memoryRefused,
        true,
        damages);
  }

  Health damaged(Place place) {
    Map<Place, Integer> next = new LinkedHashMap<>(damages);
    next.merge(place, 1, Integer::sum);
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
        next);
  }

  boolean persistent(Place place) {
    return damages.getOrDefault(place, 0) >= PERSISTENT;
  }

  /** Devices that are used only where nothing else is left. */
  Set<Place> avoided() {
    return damages.keySet().stream().filter(this::persistent).collect(Collectors.toSet());
  }
}
