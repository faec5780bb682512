/** Text to token ids and back. */
@NullMarked
package dev.troupe.data.tokenizer;

import org.jspecify.annotations.NullMarked;
