package dev.troupe.coordinator.journal;

import dev.troupe.proto.message.JournalRecord;
import java.util.concurrent.CompletionStage;

/**
 * The run's register, as one coordinator uses it: {@link #open} first, then any number of {@link
 * #append}s. Calls return at once; may be made from any thread, but in order. The stages complete
 * on a thread of the journal's.
 *
 * <p>A coordinator that opens the journal supersedes all that opened it before: what they append
 * from then on is refused.
 */
public interface Journal extends AutoCloseable {
  /**
   * Takes the run over.
   *
   * @return the last record, with a term greater than all before; of a fresh run term 1, epoch 0,
   *     committed 0. Fails with a {@link dev.troupe.proto.error.TroupeException} where the journal
   *     cannot be read or written
   */
  CompletionStage<JournalRecord> open();

  /**
   * Replaces the record. May be called before the one before is written; what comes later counts.
   *
   * @param record with the term that {@link #open} gave
   * @return true: it, or one appended after it, outlives this process; false: another coordinator
   *     has taken the run over, and this one must end without a word. Fails with a {@link
   *     dev.troupe.proto.error.TroupeException} where the journal cannot be written
   */
  CompletionStage<Boolean> append(JournalRecord record);

  /** Ends the journal's thread once what was called is done; what waits for others fails. */
  @Override
  void close();
}
