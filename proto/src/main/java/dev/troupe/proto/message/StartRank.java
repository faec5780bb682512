package dev.troupe.proto.message;

import org.apache.pekko.actor.typed.ActorRef;

/**
 * Tells a GPU actor what it is: it makes its trainer and answers {@link RankReady}.
 *
 * @param fence the mesh's epoch
 * @param job what is to be trained
 * @param place the rank and its device
 * @param agent where reports go
 */
public record StartRank(Fence fence, MeshJob job, RankPlace place, ActorRef<AgentCommand> agent)
    implements WorkerCommand {}
