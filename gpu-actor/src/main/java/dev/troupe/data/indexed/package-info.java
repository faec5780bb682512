/** Megatron-LM's indexed token files ({@code .bin} and {@code .idx}). */
@NullMarked
package dev.troupe.data.indexed;

import org.jspecify.annotations.NullMarked;
