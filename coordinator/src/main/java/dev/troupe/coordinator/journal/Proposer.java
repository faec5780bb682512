package dev.troupe.coordinator.journal;

import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.KeeperState;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A coordinator's side of the register (a proposer of Paxos): what to ask the keepers, and what
 * their answers mean. Does no input or output and knows no time, so that a simulation can run it.
 * Not thread-safe.
 *
 * <p>First it asks all control nodes to promise it a term. Once a majority of the keepers has, the
 * newest record among theirs is the run's: whatever a majority ever accepted is among them. It
 * writes that record under its own term, and when a majority has accepted it, the register is open.
 * The keepers are the control nodes that were there when the run's first record was written; every
 * record names them.
 *
 * <p>{@link #request} says what to send to all control nodes, whenever it changes and again from
 * time to time while it is there; {@link #heard} takes each answer, in any order, any number of
 * times.
 */
public final class Proposer {
  private static final Comparator<KeeperState> BY_AGE =
      Comparator.comparingLong((KeeperState state) -> kept(state).term())
          .thenComparingLong(KeeperState::sequence);

  /** What all control nodes are to be asked. */
  public sealed interface Request {}

  /** Promise a term. */
  public record AskPromise(long term) implements Request {}

  /** Accept a record. */
  public record Write(long sequence, JournalRecord record, List<String> keepers)
      implements Request {}

  private final String name;
  private final int size;
  private final Map<String, KeeperState> promises = new HashMap<>();
  private final Map<String, Long> accepted = new HashMap<>();
  private final Set<String> refused = new HashSet<>();
  private List<String> keepers = List.of();
  private long term;
  private long greatest;
  private boolean taken;
  private long sequence;
  private long acknowledged = -1;
  private @Nullable JournalRecord record;

  /**
   * A proposer that has asked for nothing yet.
   *
   * @param name no other proposer ever has it
   * @param size how many control nodes there are to be
   */
  public Proposer(String name, int size) {
    this.name = name;
    this.size = size;
    ask(1);
  }

  private void ask(long wanted) {
    term = wanted;
    greatest = wanted;
    taken = false;
    promises.clear();
    accepted.clear();
    refused.clear();
    keepers = List.of();
    record = null;
    sequence = 0;
  }

  /**
   * Asks for a greater term where the one asked for is another's by now. To be called from time to
   * time until the register is open, at random moments, so that of two proposers one gets ahead.
   */
  public void retry() {
    if (!isOpen() && taken) {
      ask(greatest + 1);
    }
  }

  /**
   * Writes a record in place of the one before; the register must be open.
   *
   * @return the record's number
   */
  public long write(JournalRecord next) {
    if (!isOpen() || next.term() != term) {
      throw new IllegalStateException("term " + term + " cannot write " + next);
    }
    record = next;
    return ++sequence;
  }

  /** What to ask all control nodes; empty where all keepers have done it. */
  public Optional<Request> request() {
    JournalRecord wanted = record;
    if (wanted == null) {
      return Optional.of(new AskPromise(term));
    }
    boolean done = keepers.stream().allMatch(each -> accepted.getOrDefault(each, -1L) == sequence);
    return done || superseded()
        ? Optional.empty()
        : Optional.of(new Write(sequence, wanted, keepers));
  }

  /** Takes a keeper's answer, which is its state after a request. */
  public void heard(KeeperState state) {
    greatest = Math.max(greatest, state.promised());
    taken |= state.promised() >= term && !state.proposer().equals(name);
    if (state.promised() > term) {
      refused.add(state.keeper());
    } else if (state.promised() == term && state.proposer().equals(name)) {
      if (record == null) {
        promises.put(state.keeper(), state);
        choose();
      } else {
        count(state);
      }
    }
  }

  /** With promises enough, the newest record among them is written under this term. */
  private void choose() {
    Optional<KeeperState> newest =
        promises.values().stream().filter(each -> each.record() != null).max(BY_AGE);
    if (newest.isEmpty()) {
      if (promises.size() == size) {
        keepers = promises.keySet().stream().sorted().toList();
        record = JournalRecord.first(0).withTerm(term);
      }
      return;
    }
    List<String> all = newest.get().keepers();
    if (isMajority(all.stream().filter(promises::containsKey).count(), all)) {
      keepers = all;
      record = kept(newest.get()).withTerm(term);
    }
  }

  private static JournalRecord kept(KeeperState state) {
    return Objects.requireNonNull(state.record());
  }

  private void count(KeeperState state) {
    JournalRecord kept = state.record();
    if (kept != null && kept.term() == term && keepers.contains(state.keeper())) {
      accepted.merge(state.keeper(), state.sequence(), Math::max);
      for (long number : accepted.values()) {
        if (number > acknowledged
            && isMajority(
                accepted.values().stream().filter(each -> each >= number).count(), keepers)) {
          acknowledged = number;
        }
      }
    }
  }

  private static boolean isMajority(long count, List<String> all) {
    return count > all.size() / 2;
  }

  /** The greatest number of a record that a majority keeps; -1: none. */
  public long acknowledged() {
    return acknowledged;
  }

  /** Whether the register is this proposer's, or was. */
  public boolean isOpen() {
    return acknowledged >= 0;
  }

  /** The record as it was read, or as it was written last; null before it was read. */
  public @Nullable JournalRecord record() {
    return record;
  }

  /** Whether so many promised a greater term that no record of this one can get a majority. */
  public boolean superseded() {
    return !keepers.isEmpty()
        && !isMajority(keepers.stream().filter(each -> !refused.contains(each)).count(), keepers);
  }
}
