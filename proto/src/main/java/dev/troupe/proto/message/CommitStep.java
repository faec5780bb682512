package dev.troupe.proto.message;

/**
 * Orders the second half of a step and what follows it, so that no rank idles for a round trip. A
 * rank does, in this order: commit; snapshot; validate, answering {@link RankValidated}; sample,
 * answering {@link RankSampled}; prepare the next step, answering {@link RankPrepared}.
 *
 * @param fence the mesh's epoch
 * @param step the prepared step
 * @param update whether to apply the gradient; if not, the step counts and the state stays
 * @param snapshot whether to copy the state for a checkpoint
 * @param validate whether to compute the held-out loss
 * @param prepareNext whether to prepare {@code step + 1}
 * @param sample whether to write texts
 */
public record CommitStep(
    Fence fence,
    long step,
    boolean update,
    boolean snapshot,
    boolean validate,
    boolean prepareNext,
    boolean sample)
    implements RankOrder {
  /** Checks the step. */
  public CommitStep {
    Checks.positive("step", step);
  }

  /** A commit without texts. */
  public CommitStep(
      Fence fence,
      long step,
      boolean update,
      boolean snapshot,
      boolean validate,
      boolean prepareNext) {
    this(fence, step, update, snapshot, validate, prepareNext, false);
  }
}
