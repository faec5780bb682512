package dev.troupe.coordinator.journal;

import dev.troupe.proto.message.JournalRecord;

/** What a change of an acceptor must outlive. */
final class Durability {
  private Durability() {}

  /**
   * Whether {@code next} differs by nothing but later commits. Such a change must outlive the
   * process, which writing it does, but not a power failure: that takes the ranks' memory along,
   * and the run goes on from a checkpoint. All else must never come again or be forgotten.
   */
  static boolean onlyCommits(Acceptor before, Acceptor next) {
    JournalRecord old = before.record();
    JournalRecord now = next.record();
    return old != null
        && now != null
        && before.promised() == next.promised()
        && old.committed() <= now.committed()
        && now.equals(
            new JournalRecord(
                old.term(),
                old.epoch(),
                now.committed(),
                now.committedIn(),
                now.last(),
                old.nodes(),
                old.stop(),
                old.meshNodes()));
  }
}
