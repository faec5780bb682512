/** Fingerprints of what data was made from. */
@NullMarked
package dev.troupe.data.digest;

import org.jspecify.annotations.NullMarked;
