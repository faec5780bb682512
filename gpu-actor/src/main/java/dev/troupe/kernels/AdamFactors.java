package dev.troupe.kernels;

/**
 * What AdamW multiplies with in one step: bias corrections are folded into the rate and the root.
 * Every backend computes with these float32 values: m = beta1 m + rest1 g, v = beta2 v + rest2 g^2,
 * w = keep w - rate m / (rootScale sqrt(v) + eps), g being the scaled gradient.
 *
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param rest1 1 - beta1
 * @param rest2 1 - beta2
 * @param gradScale factor of the gradient
 * @param keep 1 - lr * decay
 * @param rate lr / (1 - beta1^t)
 * @param rootScale 1 / sqrt(1 - beta2^t)
 * @param eps added to the root
 */
public record AdamFactors(
    float beta1,
    float beta2,
    float rest1,
    float rest2,
    float gradScale,
    float keep,
    float rate,
    float rootScale,
    float eps) {

  /** The factors of a step. */
  public static AdamFactors of(AdamStep s) {
    return new AdamFactors(
        (float) s.beta1(),
        (float) s.beta2(),
        (float) (1 - s.beta1()),
        (float) (1 - s.beta2()),
        (float) s.gradScale(),
        (float) (1 - s.lr() * s.weightDecay()),
        (float) (s.lr() / (1 - Math.pow(s.beta1(), s.step()))),
        (float) (1 / Math.sqrt(1 - Math.pow(s.beta2(), s.step()))),
        (float) s.eps());
  }
}
