/** Processes of ours, and the folders that they work in. */
@NullMarked
package dev.troupe.deploy.process;

import org.jspecify.annotations.NullMarked;
