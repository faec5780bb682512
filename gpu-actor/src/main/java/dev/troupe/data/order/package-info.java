/** Which sample is read when, and the batches of a step. */
@NullMarked
package dev.troupe.data.order;

import org.jspecify.annotations.NullMarked;
