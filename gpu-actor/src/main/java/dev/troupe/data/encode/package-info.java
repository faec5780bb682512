/** What turns text into tokens, whoever does it. */
@NullMarked
package dev.troupe.data.encode;

import org.jspecify.annotations.NullMarked;
