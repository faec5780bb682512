/** What the check reports, and its sections where a CPU stands for the GPU. */
@NullMarked
package dev.troupe.deploy.gpucheck;

import org.jspecify.annotations.NullMarked;
