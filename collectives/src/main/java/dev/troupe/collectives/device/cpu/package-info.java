/** Host memory and processor cores as a device: off-heap buffers, synchronous streams, lanes. */
@NullMarked
package dev.troupe.collectives.device.cpu;

import org.jspecify.annotations.NullMarked;
