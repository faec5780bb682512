/** The program's entry. */
@NullMarked
package dev.troupe.deploy;

import org.jspecify.annotations.NullMarked;
