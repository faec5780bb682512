/**
 * The archive that runs where there is no Java: the program, a runtime image cut to what it needs,
 * and the files that start it on a cluster.
 */
@NullMarked
package dev.troupe.deploy.dist;

import org.jspecify.annotations.NullMarked;
