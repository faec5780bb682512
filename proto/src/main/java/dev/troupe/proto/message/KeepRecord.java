package dev.troupe.proto.message;

import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A coordinator to whom a majority of the keepers promised the record's term writes a record.
 *
 * @param proposer the coordinator
 * @param sequence counts its records
 * @param record the record
 * @param keepers all that keep this run's journal; others ignore this
 * @param replyTo where the keeper's state goes
 */
public record KeepRecord(
    String proposer,
    long sequence,
    JournalRecord record,
    List<String> keepers,
    ActorRef<KeeperState> replyTo)
    implements JournalRequest {
  /** Copies the list and checks the fields. */
  public KeepRecord {
    Checks.label("proposer", proposer);
    Checks.notNegative("sequence", sequence);
    Checks.positive("term", record.term());
    keepers = List.copyOf(keepers);
    Checks.notEmpty("keepers", keepers);
  }
}
