package dev.troupe.layer;

import dev.troupe.tensor.Tensor;

/**
 * A parameter of this rank: views into the flat parameter and main-gradient buffers.
 *
 * @param spec what it is
 * @param value (rows, cols), float32 or bfloat16
 * @param grad main gradient, (rows, cols), float32
 */
public record Parameter(ParameterSpec spec, Tensor value, Tensor grad) {}
