package dev.troupe.kernels.cuda.cudnn;

/**
 * A tensor of a graph.
 *
 * @param descriptor owned by the graph
 * @param extents sizes and strides
 */
record Node(Descriptor descriptor, Extents extents) {}
