package dev.troupe.proto.message;

import org.apache.pekko.actor.typed.ActorRef;

/**
 * A coordinator wants to take the run over: keepers are to refuse records of lower terms from now
 * on.
 *
 * @param term greater than all that the sender has heard of
 * @param proposer names the coordinator: no other one has this name
 * @param replyTo where the keeper's state goes
 */
public record PromiseTerm(long term, String proposer, ActorRef<KeeperState> replyTo)
    implements JournalRequest {
  /** Checks the fields. */
  public PromiseTerm {
    Checks.positive("term", term);
    Checks.label("proposer", proposer);
  }
}
