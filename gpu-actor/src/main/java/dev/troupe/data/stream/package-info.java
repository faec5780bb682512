/** Long sequences of tokens made of documents: views, splits and statistics. */
@NullMarked
package dev.troupe.data.stream;

import org.jspecify.annotations.NullMarked;
