/**
 * NVIDIA GPUs through the CUDA driver API (JCuda): libraries, devices, their memory, streams,
 * events and kernels. No JCuda or JavaCPP type leaves packages named cuda and nccl.
 */
@NullMarked
package dev.troupe.collectives.device.cuda;

import org.jspecify.annotations.NullMarked;
