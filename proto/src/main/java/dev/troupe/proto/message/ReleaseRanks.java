package dev.troupe.proto.message;

/**
 * The work is done: each rank finishes what it was ordered, frees everything and answers {@link
 * RankStopped}.
 *
 * @param fence the mesh's epoch
 */
public record ReleaseRanks(Fence fence) implements RankOrder {}
