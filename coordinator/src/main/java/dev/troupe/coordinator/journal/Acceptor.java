package dev.troupe.coordinator.journal;

import dev.troupe.proto.message.JournalRecord;
import org.jspecify.annotations.Nullable;

/**
 * One keeper of the register (an acceptor of Paxos), as a value: each method gives the state after
 * a request, which must be durable before the request is answered.
 *
 * @param promised the greatest term promised; records of lower ones are refused
 * @param proposer to whom it was promised: a term belongs to one proposer
 * @param sequence counts the records of one term
 * @param record the last accepted record; null: none yet
 */
record Acceptor(long promised, String proposer, long sequence, @Nullable JournalRecord record) {
  /** Promised nothing, accepted nothing. */
  static final Acceptor FRESH = new Acceptor(0, "", 0, null);

  /** Checks that no record is of a term that was never promised. */
  Acceptor {
    if (promised < 0 || sequence < 0 || (record != null && record.term() > promised)) {
      throw new IllegalArgumentException(
          "promised=%d sequence=%d record=%s".formatted(promised, sequence, record));
    }
  }

  /** Promises {@code term}, where it is greater than all before; else nothing changes. */
  Acceptor promise(long term, String who) {
    return term > promised ? new Acceptor(term, who, sequence, record) : this;
  }

  /** Whether {@code term} is promised to {@code who}. Asking twice is granted twice. */
  boolean hasPromised(long term, String who) {
    return term == promised && who.equals(proposer);
  }

  /**
   * Accepts a record, where its term is not below the promised one and it is newer than what is
   * there; else nothing changes. Only a proposer to whom a majority promised the term may ask.
   */
  Acceptor accept(String who, long number, JournalRecord next) {
    return !refuses(next.term()) && isNewer(number, next)
        ? new Acceptor(next.term(), who, number, next)
        : this;
  }

  /**
   * Whether a record of {@code term} is refused. One that is not refused is here, or a newer one.
   */
  boolean refuses(long term) {
    return term < promised;
  }

  private boolean isNewer(long number, JournalRecord next) {
    return record == null
        || next.term() > record.term()
        || (next.term() == record.term() && number > sequence);
  }
}
