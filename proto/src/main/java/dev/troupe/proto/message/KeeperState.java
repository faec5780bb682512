package dev.troupe.proto.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a keeper of the journal has on its disk.
 *
 * @param keeper its name; a keeper that lost its disk comes back with another one
 * @param promised the greatest term it promised; it refuses lower ones
 * @param proposer to whom; empty: to nobody yet
 * @param sequence the number of the record in its term
 * @param record the newest record; null: none yet
 * @param keepers all that keep this run's journal; empty without a record
 */
public record KeeperState(
    String keeper,
    long promised,
    String proposer,
    long sequence,
    @Nullable JournalRecord record,
    List<String> keepers)
    implements JournalMessage {
  /** Copies the list and checks the fields. */
  public KeeperState {
    Checks.notBlank("keeper", keeper);
    Checks.notNegative("promised", promised);
    Checks.notNegative("sequence", sequence);
    keepers = List.copyOf(keepers);
    if (record != null && record.term() > promised) {
      throw new IllegalArgumentException(
          "a record of term %d, but promised is %d".formatted(record.term(), promised));
    }
  }
}
