package dev.troupe.kernels.cuda.cublas;

/** Addresses of a product's matrices; C is D where the product is added in place. */
public record Addresses(long a, long b, long c, long d) {}
