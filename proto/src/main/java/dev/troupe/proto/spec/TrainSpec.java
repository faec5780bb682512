package dev.troupe.proto.spec;

/**
 * The training run.
 *
 * @param steps optimizer steps of the whole run
 * @param globalBatch sequences a step
 * @param microBatch sequences of one forward and backward pass on one rank
 * @param seqLength tokens a sequence
 * @param lr peak learning rate
 * @param minLr learning rate at the last step
 * @param warmup steps of linear warm-up
 * @param decayFraction share of the steps in which WSD decays
 * @param weightDecay decoupled decay of tensors with two dimensions
 * @param clip greatest global gradient norm; 0 turns clipping off
 * @param beta1 AdamW's first-moment decay
 * @param beta2 AdamW's second-moment decay
 * @param adamEps AdamW's epsilon
 * @param initStd standard deviation of the initial weights
 * @param schedule shape of the learning rate
 * @param recompute what backward computes again
 */
public record TrainSpec(
    int steps,
    int globalBatch,
    int microBatch,
    int seqLength,
    double lr,
    double minLr,
    int warmup,
    double decayFraction,
    double weightDecay,
    double clip,
    double beta1,
    double beta2,
    double adamEps,
    double initStd,
    Schedule schedule,
    Recompute recompute) {

  public TrainSpec {
    Require.atLeast(1, "train.steps", steps);
    Require.atLeast(1, "train.global-batch", globalBatch);
    Require.atLeast(1, "train.micro-batch", microBatch);
    Require.atLeast(1, "train.seq-length", seqLength);
    Require.notNegative("train.lr", lr);
    Require.notNegative("train.min-lr", minLr);
    Require.atLeast(0, "train.warmup", warmup);
    Require.between(0, 1, "train.decay-fraction", decayFraction);
    Require.notNegative("train.weight-decay", weightDecay);
    Require.notNegative("train.clip", clip);
    belowOne("train.beta1", beta1);
    belowOne("train.beta2", beta2);
    Require.positive("train.adam-eps", adamEps);
    Require.notNegative("train.init-std", initStd);
    if (minLr > lr) {
      throw new InvalidFieldException(
          "train.min-lr = %s is greater than train.lr = %s; it is where the schedule ends"
              .formatted(minLr, lr),
          "train.min-lr",
          "train.lr");
    }
  }

  private static void belowOne(String key, double beta) {
    if (!(beta >= 0 && beta < 1)) {
      throw new InvalidFieldException(
          "%s = %s must be at least 0 and less than 1".formatted(key, beta), key);
    }
  }
}
