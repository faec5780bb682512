/** The cases themselves: complete, and able to fail. */
@NullMarked
package dev.troupe.kernels.check;

import org.jspecify.annotations.NullMarked;
