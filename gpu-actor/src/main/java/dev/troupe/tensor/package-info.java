/** Matrix views of device memory and the arenas they come from. */
@NullMarked
package dev.troupe.tensor;

import org.jspecify.annotations.NullMarked;
