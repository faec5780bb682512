package dev.troupe.proto.message;

import org.apache.pekko.actor.typed.ActorRef;

/**
 * Tells a GPU actor what it is: it makes its trainer and answers {@link RankReady}.
 *
 * @param fence the mesh's epoch
 * @param job what is to be trained
 * @param place the rank and its device
 * @param ranksOnHost how many ranks share this host's cores
 * @param agent where reports go
 */
public record StartRank(
    Fence fence, MeshJob job, RankPlace place, int ranksOnHost, ActorRef<AgentCommand> agent)
    implements WorkerCommand {
  /** Checks the fields. */
  public StartRank {
    Checks.positive("ranksOnHost", ranksOnHost);
  }
}
