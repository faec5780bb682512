/** Where bytes are: devices, their memory, streams and events. */
@NullMarked
package dev.troupe.collectives.device;

import org.jspecify.annotations.NullMarked;
