package dev.troupe.coordinator.journal;

import dev.troupe.proto.message.JournalRecord;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A journal that ends with its process: for runs that leave nothing on disk. Serves one coordinator
 * after the other, as the others do. Thread-safe.
 */
public final class MemoryJournal implements Journal {
  private JournalRecord record = JournalRecord.first(0);

  @Override
  public synchronized CompletionStage<JournalRecord> open() {
    record = record.withTerm(record.term() + 1);
    return CompletableFuture.completedStage(record);
  }

  @Override
  public synchronized CompletionStage<Boolean> append(JournalRecord next) {
    if (next.term() < record.term()) {
      return CompletableFuture.completedStage(false);
    }
    record = next;
    return CompletableFuture.completedStage(true);
  }

  @Override
  public void close() {
    // Nothing to end.
  }
}
