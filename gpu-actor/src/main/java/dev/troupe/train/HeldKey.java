package dev.troupe.train;

/**
 * Names one rank's part of a committed state in memory: the float32 master weights and AdamW
 * moments of the slice of every bucket that data-parallel index {@code dpIndex} of {@code dp} owns.
 *
 * @param epoch the mesh epoch that made it
 * @param step committed steps
 * @param dp data-parallel width of that mesh
 * @param dpIndex whose slices
 * @param tpIndex which tensor-parallel share
 */
public record HeldKey(long epoch, long step, int dp, int dpIndex, int tpIndex) {}
