/**
 * Attention through cuDNN's backend graph API: descriptors, graphs of operations, execution plans.
 *
 * <p>A plan is built from a description of the GPU, so it needs no GPU and no context; only running
 * it needs a {@link dev.troupe.kernels.cuda.cudnn.CudnnHandle}. Every native object has one owner
 * here, which closes it.
 *
 * <p>Names and rules: NVIDIA, cuDNN backend API, {@code cudnn_graph.h}.
 */
@NullMarked
package dev.troupe.kernels.cuda.cudnn;

import org.jspecify.annotations.NullMarked;
