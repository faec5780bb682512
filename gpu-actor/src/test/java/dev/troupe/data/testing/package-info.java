/** What the tests of data share. */
@NullMarked
package dev.troupe.data.testing;

import org.jspecify.annotations.NullMarked;
