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
    Recompute recompute) {}
