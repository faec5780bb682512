/** A whole run in one process: coordinator, node agent and GPU actors, by the same protocol. */
@NullMarked
package dev.troupe.deploy.local;

import org.jspecify.annotations.NullMarked;
