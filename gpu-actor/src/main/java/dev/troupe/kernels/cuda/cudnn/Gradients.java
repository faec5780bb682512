package dev.troupe.kernels.cuda.cudnn;

/**
 * What a backward plan depends on. Strides are elements from one row to the next.
 *
 * @param forward of the tensors that the forward pass had
 * @param dOut stride of dOut
 * @param dq stride of dq
 * @param dk stride of dk
 * @param dv stride of dv
 * @param deterministic whether two runs give the same bits; takes 2 bytes a score of memory
 */
public record Gradients(Geometry forward, int dOut, int dq, int dk, int dv, boolean deterministic) {

  /** Gradients laid out as what they are gradients of. */
  public static Gradients like(Geometry forward, boolean deterministic) {
    return new Gradients(
        forward, forward.out(), forward.q(), forward.k(), forward.v(), deterministic);
  }
}
