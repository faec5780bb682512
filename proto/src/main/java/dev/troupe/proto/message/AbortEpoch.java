package dev.troupe.proto.message;

/**
 * Ends the epoch now: communicators are aborted, each rank frees everything and answers {@link
 * RankStopped}. A checkpoint that is being written is finished first.
 *
 * @param fence the mesh's epoch
 * @param reason why, for people
 */
public record AbortEpoch(Fence fence, String reason) implements RankOrder {}
