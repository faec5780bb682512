package dev.troupe.kernels.check;

/**
 * A result of a case.
 *
 * @param name of the tensor
 * @param values what the kernel wrote
 * @param bound how far another backend's may be from it
 */
public record Output(String name, Values values, Bound bound) {}
