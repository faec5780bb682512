package dev.troupe.deploy.backend;

import org.jspecify.annotations.Nullable;

/**
 * Which GPUs a process uses.
 *
 * @param libraries folder with CUDA's libraries; null: found by themselves
 * @param offset number of the GPU that is the node's device 0: nodes of one machine share its GPUs
 * @param firstDevice the process's first device on its node
 * @param devices number of its devices
 * @param shared whether devices beyond the number of GPUs share them
 */
public record GpuSettings(
    @Nullable String libraries, int offset, int firstDevice, int devices, boolean shared) {}
