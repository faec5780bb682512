/** Chooses how the ranks of a group talk by where they are. */
@NullMarked
package dev.troupe.collectives.comm.place;

import org.jspecify.annotations.NullMarked;
