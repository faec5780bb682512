/**
 * Models as Hugging Face's {@code transformers} keeps them: read into a checkpoint, written from
 * one. Logical tensors have the same names, shapes and rotary layout there and here.
 */
@NullMarked
package dev.troupe.huggingface;

import org.jspecify.annotations.NullMarked;
