/**
 * Trained models at work: losses of text and generated text, on tensor-parallel ranks of one
 * process.
 */
@NullMarked
package dev.troupe.infer;

import org.jspecify.annotations.NullMarked;
