package dev.troupe.coordinator.journal;

import dev.troupe.proto.message.JournalRecord;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A journal that can be asked whether the run is still this coordinator's: for what cannot be
 * undone and is done elsewhere. Thread-safe.
 */
public final class HeldJournal implements Journal {
  private final Journal journal;
  private final CompletableFuture<Boolean> lost = new CompletableFuture<>();
  private @Nullable JournalRecord last;

  /** Does what {@code journal} does. */
  public HeldJournal(Journal journal) {
    this.journal = journal;
  }

  @Override
  public CompletionStage<JournalRecord> open() {
    return journal.open().thenApply(this::opened);
  }

  private synchronized JournalRecord opened(JournalRecord record) {
    last = record;
    return record;
  }

  @Override
  public synchronized CompletionStage<Boolean> append(JournalRecord record) {
    last = record;
    return noting(journal.append(record));
  }

  private CompletionStage<Boolean> noting(CompletionStage<Boolean> answer) {
    return answer.thenApply(
        kept -> {
          if (!kept) {
            lost.complete(true);
          }
          return kept;
        });
  }

  /** Completes when the journal has refused a record: another coordinator has the run. */
  public CompletionStage<Boolean> onLost() {
    return lost.minimalCompletionStage();
  }

  /**
   * Writes the last record once more and waits for it: nobody else had taken the run over when this
   * was called. Somebody may have a moment later, so what is done then must harm nobody.
   *
   * @return false also where the journal did not answer in time
   */
  public boolean isHeld(Duration limit) {
    CompletableFuture<Boolean> kept = again().toCompletableFuture();
    try {
      return kept.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private synchronized CompletionStage<Boolean> again() {
    return last == null ? CompletableFuture.completedStage(false) : noting(journal.append(last));
  }

  @Override
  public void close() {
    journal.close();
  }
}
