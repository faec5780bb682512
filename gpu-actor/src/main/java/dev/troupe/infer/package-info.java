/** Trained models at work: losses of text and generated text, on one rank. */
@NullMarked
package dev.troupe.infer;

import org.jspecify.annotations.NullMarked;
