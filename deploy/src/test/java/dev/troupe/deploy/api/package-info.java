/** Tests. */
@NullMarked
package dev.troupe.deploy.api;

import org.jspecify.annotations.NullMarked;
