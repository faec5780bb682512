/** Tests of what lies below the actors of a cluster. */
@NullMarked
package dev.troupe.deploy.cluster;

import org.jspecify.annotations.NullMarked;
