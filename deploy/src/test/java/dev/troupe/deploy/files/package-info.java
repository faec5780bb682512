/** The files that start Troupe on clusters, as far as they can be tried without one. */
@NullMarked
package dev.troupe.deploy.files;

import org.jspecify.annotations.NullMarked;
