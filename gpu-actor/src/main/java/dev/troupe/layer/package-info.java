/** Layers that know nothing of parallelism, and the parameters that all layers own. */
@NullMarked
package dev.troupe.layer;

import org.jspecify.annotations.NullMarked;
