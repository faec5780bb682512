/** What this machine has: memory, CPU features, native libraries. */
@NullMarked
package dev.troupe.deploy.host;

import org.jspecify.annotations.NullMarked;
