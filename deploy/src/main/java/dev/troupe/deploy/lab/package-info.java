/** Devices with their kernels, for checks and measurements outside of a run. */
@NullMarked
package dev.troupe.deploy.lab;

import org.jspecify.annotations.NullMarked;
