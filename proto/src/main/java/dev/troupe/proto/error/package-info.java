/** Failures that a user sees, by category and exit code. */
@NullMarked
package dev.troupe.proto.error;

import org.jspecify.annotations.NullMarked;
