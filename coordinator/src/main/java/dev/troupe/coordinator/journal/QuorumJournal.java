package dev.troupe.coordinator.journal;

import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.JournalRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * A journal that a majority of the control nodes keeps: it outlives the loss of the others, their
 * disks included. What waits for a majority waits until there is one. Thread-safe.
 */
public final class QuorumJournal implements Journal {
  private final ActorRef<ProposerActor.Message> proposer;

  private QuorumJournal(ActorRef<ProposerActor.Message> proposer) {
    this.proposer = proposer;
  }

  /**
   * A journal for one coordinator, whose actor does the work as a child of {@code context}'s.
   *
   * @param size how many control nodes the run has
   * @param keepers sends a request to all control nodes that are there at the moment; called on the
   *     child's thread
   */
  public static QuorumJournal start(
      ActorContext<?> context, int size, Consumer<JournalRequest> keepers) {
    return new QuorumJournal(context.spawn(ProposerActor.create(size, keepers), "journal"));
  }

  @Override
  public CompletionStage<JournalRecord> open() {
    CompletableFuture<JournalRecord> opened = new CompletableFuture<>();
    proposer.tell(new ProposerActor.Open(opened));
    return opened;
  }

  @Override
  public CompletionStage<Boolean> append(JournalRecord record) {
    CompletableFuture<Boolean> kept = new CompletableFuture<>();
    proposer.tell(new ProposerActor.Append(record, kept));
    return kept;
  }

  @Override
  public void close() {
    proposer.tell(new ProposerActor.Close());
  }
}
