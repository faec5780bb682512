package dev.troupe.coordinator.journal;

import dev.troupe.proto.message.JournalRecord;
import java.util.Objects;

/** When a record must outlive a power failure before it is answered for. */
final class Durability {
  private Durability() {}

  /** All but commits: epochs and terms must never come again, and a wish must not be forgotten. */
  static boolean needed(Acceptor before, JournalRecord next) {
    JournalRecord last = before.record();
    return last == null
        || last.term() != next.term()
        || last.epoch() != next.epoch()
        || last.nodes() != next.nodes()
        || next.committed() < last.committed()
        || !Objects.equals(last.stop(), next.stop());
  }
}
