/** Flat parameters, gradient reduction, norm, schedule and AdamW with ZeRO-1. */
@NullMarked
package dev.troupe.optim;

import org.jspecify.annotations.NullMarked;
