package dev.troupe.proto.message;

import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a keeper of the journal is asked; it answers with its state afterwards. Goes to all of them;
 * may be sent again.
 */
public sealed interface JournalRequest extends JournalMessage permits PromiseTerm, KeepRecord {
  /** Where the keeper's state goes. */
  ActorRef<KeeperState> replyTo();
}
