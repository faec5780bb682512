/** Random numbers and permutations whose algorithm is fixed, so that they are equal everywhere. */
@NullMarked
package dev.troupe.data.random;

import org.jspecify.annotations.NullMarked;
