package dev.troupe.proto.message;

/**
 * One rank's part of a committed state in the memory of a process: the master weights and AdamW
 * moments of the slice of every bucket that data-parallel index {@code dpIndex} of {@code dp} owns,
 * of the tensor-parallel share {@code tpIndex}.
 *
 * @param epoch epoch of the mesh that made it, which fixes the cut
 * @param step committed steps of the state
 * @param dp data-parallel width of that mesh
 * @param dpIndex whose slices
 * @param tpIndex which tensor-parallel share
 * @param process name of the process that has it
 * @param digest of the content, which is the same wherever the part is held
 */
public record Holding(
    long epoch, long step, int dp, int dpIndex, int tpIndex, String process, long digest) {
  /** Checks the fields. */
  public Holding {
    Checks.notNegative("epoch", epoch);
    Checks.notNegative("step", step);
    Checks.positive("dp", dp);
    Checks.notNegative("data-parallel index", dpIndex);
    Checks.notNegative("tensor-parallel index", tpIndex);
    Checks.label("process", process);
    if (dpIndex >= dp) {
      throw new IllegalArgumentException("data-parallel index " + dpIndex + " of " + dp);
    }
  }
}
