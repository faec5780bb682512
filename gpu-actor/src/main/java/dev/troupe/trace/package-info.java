/** What runs when: spans of kernels, collectives and phases, written as a Chrome trace. */
@NullMarked
package dev.troupe.trace;

import org.jspecify.annotations.NullMarked;
