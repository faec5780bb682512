package dev.troupe.kernels;

import dev.troupe.tensor.Tensor;

/**
 * What {@link Kernels#adamw} updates in a range of parameters.
 *
 * @param value receives the new weights in its own type; may be master
 * @param master float32, as are the following
 * @param weightDecay decoupled decay; 0 for gains
 */
public record AdamRange(
    Tensor value, Tensor master, Tensor expAvg, Tensor expAvgSq, Tensor grad, double weightDecay) {}
