/** Who is where: the grid of ranks and its groups. */
@NullMarked
package dev.troupe.collectives.mesh;

import org.jspecify.annotations.NullMarked;
