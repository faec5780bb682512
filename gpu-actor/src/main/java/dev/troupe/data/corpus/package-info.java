/** Text that is tokenised on first use, and the cache that keeps the tokens. */
@NullMarked
package dev.troupe.data.corpus;

import org.jspecify.annotations.NullMarked;
