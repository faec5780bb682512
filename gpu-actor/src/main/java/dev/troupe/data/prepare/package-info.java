/** Many inputs of text into one token file: in parallel, in order, and going on after a kill. */
@NullMarked
package dev.troupe.data.prepare;

import org.jspecify.annotations.NullMarked;
