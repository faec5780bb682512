package dev.troupe.proto.message;

import org.apache.pekko.actor.typed.ActorRef;

/**
 * A node offers its devices. The one message that belongs to no mesh yet; sending it twice changes
 * nothing.
 *
 * @param info what the node is and offers
 * @param agent where orders go
 */
public record RegisterNode(NodeInfo info, ActorRef<AgentCommand> agent)
    implements CoordinatorCommand {}
