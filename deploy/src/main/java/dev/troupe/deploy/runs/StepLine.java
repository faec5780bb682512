package dev.troupe.deploy.runs;

/**
 * A step as {@code metrics.jsonl} has it.
 *
 * @param step completed steps, from 1
 * @param loss mean cross-entropy in nats a token, to the bit; NaN where it was not finite
 * @param gradNorm global gradient norm before clipping; NaN where it was not finite
 * @param lr learning rate
 * @param tokens target tokens of all steps up to this one
 * @param seconds time of all steps up to this one
 * @param tokensPerSecond of this step
 * @param tp tensor-parallel width
 * @param dp data-parallel width
 */
record StepLine(
    long step,
    double loss,
    double gradNorm,
    double lr,
    long tokens,
    double seconds,
    double tokensPerSecond,
    int tp,
    int dp) {}
