package dev.troupe.coordinator.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.message.JournalRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldJournalTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;

  private HeldJournal journal() {
    return new HeldJournal(new FileJournal(folder.resolve("journal")));
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  @Test
  void shouldBeHeldUntilAnotherOneOpensIt() {
    try (HeldJournal first = journal();
        HeldJournal second = journal()) {
      assertFalse(first.isHeld(LIMIT), "not open");
      JournalRecord opened = get(first.open());
      assertTrue(first.isHeld(LIMIT));
      JournalRecord next = new JournalRecord(opened.term(), 1, 4, 0, null, 0, null, List.of("a"));
      assertTrue(get(first.append(next)));
      assertTrue(first.isHeld(LIMIT));
      CompletableFuture<Boolean> lost = first.onLost().toCompletableFuture();
      assertFalse(lost.isDone());

      assertEquals(next.withTerm(2), get(second.open()));
      assertFalse(first.isHeld(LIMIT));
      assertTrue(lost.isDone());
      assertTrue(second.isHeld(LIMIT));
    }
  }

  @Test
  void shouldNotBeHeldWhereTheJournalDoesNotAnswer() {
    Journal silent =
        new Journal() {
          @Override
          public CompletionStage<JournalRecord> open() {
            return CompletableFuture.completedStage(JournalRecord.first(0).withTerm(1));
          }

          @Override
          public CompletionStage<Boolean> append(JournalRecord record) {
            return new CompletableFuture<>();
          }

          @Override
          public void close() {}
        };
    HeldJournal journal = new HeldJournal(silent);
    get(journal.open());
    assertFalse(journal.isHeld(Duration.ofMillis(20)));
    assertFalse(journal.onLost().toCompletableFuture().isDone());
  }
}
