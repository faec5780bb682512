/** One rank's side of a collective, and the work on all sides where their memory is at hand. */
@NullMarked
package dev.troupe.collectives.comm.call;

import org.jspecify.annotations.NullMarked;
