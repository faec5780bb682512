/** Synthetic biographies as a corpus, made by a generator with a fixed seed. */
@NullMarked
package dev.troupe.data.bios;

import org.jspecify.annotations.NullMarked;
