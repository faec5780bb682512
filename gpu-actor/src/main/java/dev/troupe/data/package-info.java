/** What the model learns from: opens the data of a job as training and held-out tokens. */
@NullMarked
package dev.troupe.data;

import org.jspecify.annotations.NullMarked;
