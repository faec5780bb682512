/** Byte-level byte-pair encoding: its alphabet, how it splits text, and how it is learnt. */
@NullMarked
package dev.troupe.data.bpe;

import org.jspecify.annotations.NullMarked;
