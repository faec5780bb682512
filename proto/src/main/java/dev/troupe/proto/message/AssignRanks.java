package dev.troupe.proto.message;

import java.util.List;

/**
 * Gives a node its part of a mesh: the agent starts a GPU actor for each rank.
 *
 * @param fence the mesh's epoch
 * @param job what is to be trained
 * @param ranks this node's ranks
 */
public record AssignRanks(Fence fence, MeshJob job, List<RankPlace> ranks) implements AgentCommand {
  /** Copies the list and checks that each rank is on the mesh. */
  public AssignRanks {
    ranks = List.copyOf(ranks);
    Checks.notEmpty("ranks", ranks);
    for (RankPlace place : ranks) {
      if (place.rank() >= job.worldSize()) {
        throw new IllegalArgumentException(
            "rank " + place.rank() + " outside a mesh of " + job.worldSize());
      }
    }
  }
}
