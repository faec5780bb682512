package dev.troupe.coordinator.journal;

import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.KeeperState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One keeper of the register (an acceptor of Paxos), as a value: each method gives the state after
 * a request, which must be durable before the request is answered.
 *
 * @param name its own: made with the state, so that one whose state was lost is another acceptor,
 *     which has promised nothing
 * @param promised the greatest term promised; records of lower ones are refused
 * @param proposer to whom it was promised: a term belongs to one proposer
 * @param sequence counts the records of one term
 * @param record the last accepted record; null: none yet
 * @param keepers names of all that keep the register, as of that record
 */
public record Acceptor(
    String name,
    long promised,
    String proposer,
    long sequence,
    @Nullable JournalRecord record,
    List<String> keepers) {

  /** Checks that no record is of a term that was never promised. */
  public Acceptor {
    keepers = List.copyOf(keepers);
    if (promised < 0 || sequence < 0 || (record != null && record.term() > promised)) {
      throw new IllegalArgumentException(
          "promised=%d sequence=%d record=%s".formatted(promised, sequence, record));
    }
  }

  /** Promised nothing, accepted nothing. */
  public static Acceptor fresh(String name) {
    return new Acceptor(name, 0, "", 0, null, List.of());
  }

  /** Promises {@code term}, where it is greater than all before; else nothing changes. */
  public Acceptor promise(long term, String who) {
    return term > promised ? new Acceptor(name, term, who, sequence, record, keepers) : this;
  }

  /** Whether {@code term} is promised to {@code who}. Asking twice is granted twice. */
  boolean hasPromised(long term, String who) {
    return term == promised && who.equals(proposer);
  }

  /**
   * Accepts a record, where this one is among the keepers, the term is not below the promised one
   * and the record is newer than what is there; else nothing changes. Only a proposer to whom a
   * majority promised the term may ask.
   *
   * @param number of the record in its term
   * @param all names of all keepers
   */
  public Acceptor accept(String who, long number, JournalRecord next, List<String> all) {
    return all.contains(name) && next.term() >= promised && isNewer(number, next)
        ? new Acceptor(name, next.term(), who, number, next, all)
        : this;
  }

  private boolean isNewer(long number, JournalRecord next) {
    return record == null
        || next.term() > record.term()
        || (next.term() == record.term() && number > sequence);
  }

  /** What a proposer is answered. */
  public KeeperState state() {
    return new KeeperState(name, promised, proposer, sequence, record, keepers);
  }
}
