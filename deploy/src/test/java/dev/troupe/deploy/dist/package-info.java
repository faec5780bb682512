/** The archive: how it is written, and that it runs without anything else. */
@NullMarked
package dev.troupe.deploy.dist;

import org.jspecify.annotations.NullMarked;
