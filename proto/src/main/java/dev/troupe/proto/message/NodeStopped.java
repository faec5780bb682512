package dev.troupe.proto.message;

/**
 * Ranks of a node have freed everything.
 *
 * @param fence the mesh's epoch
 * @param ranks the ranks
 */
public record NodeStopped(Fence fence, RankSet ranks) implements NodeReport {}
