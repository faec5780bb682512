/** How bytes move: collectives among the ranks of a group. */
@NullMarked
package dev.troupe.collectives.comm;

import org.jspecify.annotations.NullMarked;
