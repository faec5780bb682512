package dev.troupe.coordinator.journal;

import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.JournalRequest;
import dev.troupe.proto.message.KeepRecord;
import dev.troupe.proto.message.PromiseTerm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Keeps the run's journal on a control node, in a file of the node's. Answers once the file has
 * what it answers for; does not answer while the file cannot be written. Blocks its thread, so it
 * wants a dispatcher for that.
 */
public final class KeeperActor extends AbstractBehavior<JournalRequest> {
  private final AcceptorFile file;
  private Acceptor acceptor;

  /**
   * A keeper. The file is opened now, and belongs to the actor.
   *
   * @param path the file, which no other node uses; where there is none, the keeper is a new one,
   *     which has no say in a run that has begun
   * @throws TroupeException of category data where the file is damaged, resource where it cannot be
   *     used
   */
  public static Behavior<JournalRequest> create(Path path) {
    try {
      AcceptorFile file = AcceptorFile.open(path, UUID.randomUUID().toString());
      Acceptor acceptor = file.read();
      return Behaviors.setup(context -> new KeeperActor(context, file, acceptor));
    } catch (IOException e) {
      throw TroupeException.resource(
          "%s: this node's part of the journal cannot be used: %s".formatted(path, e.getMessage()));
    }
  }

  private KeeperActor(ActorContext<JournalRequest> context, AcceptorFile file, Acceptor acceptor) {
    super(context);
    this.file = file;
    this.acceptor = acceptor;
  }

  @Override
  public Receive<JournalRequest> createReceive() {
    return newReceiveBuilder()
        .onAnyMessage(this::onRequest)
        .onSignal(PostStop.class, signal -> onStopped())
        .build();
  }

  private Behavior<JournalRequest> onRequest(JournalRequest request) {
    Acceptor next =
        switch (request) {
          case PromiseTerm ask -> acceptor.promise(ask.term(), ask.proposer());
          case KeepRecord keep ->
              acceptor.accept(keep.proposer(), keep.sequence(), keep.record(), keep.keepers());
        };
    try {
      if (!next.equals(acceptor)) {
        file.write(next, !Durability.onlyCommits(acceptor, next));
        acceptor = next;
      }
      request.replyTo().tell(acceptor.state());
    } catch (IOException e) {
      getContext().getLog().error("this node's part of the journal cannot be written", e);
    }
    return this;
  }

  private Behavior<JournalRequest> onStopped() {
    try {
      file.close();
    } catch (IOException e) {
      // Everything in it was written before it was answered for.
    }
    return this;
  }
}
