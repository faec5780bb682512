package dev.troupe.coordinator.journal;

import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.JournalRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A journal in one file: the run's memory where one node may coordinate. It outlives the process at
 * every append; a new term, a new epoch and a stop outlive a power failure, too. Commits need not:
 * with the power the ranks' memory is gone as well, and the run goes on from a checkpoint.
 *
 * <p>Thread-safe. All input and output is done on a thread of its own.
 */
public final class FileJournal implements Journal {
  private static final String ALONE = "alone";

  private final Path path;
  private final String proposer = UUID.randomUUID().toString();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("journal").factory());
  private @Nullable AcceptorFile file;
  private long sequence;

  /** The journal in {@code path}, which is made when it is opened first. */
  public FileJournal(Path path) {
    this.path = path;
  }

  @Override
  public CompletionStage<JournalRecord> open() {
    return later(
        () -> {
          if (file != null) {
            throw new IllegalStateException("opened twice");
          }
          AcceptorFile opened = AcceptorFile.open(path, ALONE);
          file = opened;
          return opened.locked(this::takeOver);
        });
  }

  private JournalRecord takeOver(AcceptorFile opened) throws IOException {
    Acceptor before = opened.read();
    long term = before.promised() + 1;
    JournalRecord record =
        Objects.requireNonNullElseGet(before.record(), () -> JournalRecord.first(0)).withTerm(term);
    opened.write(
        before.promise(term, proposer).accept(proposer, sequence, record, List.of(ALONE)), true);
    return record;
  }

  @Override
  public CompletionStage<Boolean> append(JournalRecord record) {
    return later(
        () -> Objects.requireNonNull(file, "not open").locked(opened -> append(opened, record)));
  }

  private boolean append(AcceptorFile opened, JournalRecord record) throws IOException {
    Acceptor before = opened.read();
    if (!before.hasPromised(record.term(), proposer)) {
      return false;
    }
    sequence++;
    Acceptor next = before.accept(proposer, sequence, record, List.of(ALONE));
    opened.write(next, !Durability.onlyCommits(before, next));
    return true;
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  private <T> CompletionStage<T> later(Work<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            done.complete(work.run());
          } catch (IOException e) {
            done.completeExceptionally(
                TroupeException.resource(
                    "%s: the run's journal cannot be used: %s; see to the disk and its space, and start again: the run goes on"
                        .formatted(path, e.getMessage())));
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  @Override
  public void close() {
    thread.execute(
        () -> {
          try {
            if (file != null) {
              file.close();
            }
          } catch (IOException e) {
            // Everything in it was written when it was appended.
          }
        });
    thread.shutdown();
  }
}
