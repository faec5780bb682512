/** The HTTP requests that are understood; the rest is tested over HTTP, in {@code e2e}. */
@NullMarked
package dev.troupe.deploy.serve;

import org.jspecify.annotations.NullMarked;
