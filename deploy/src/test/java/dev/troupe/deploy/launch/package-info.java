/** Tests of launching over several processes. */
@NullMarked
package dev.troupe.deploy.launch;

import org.jspecify.annotations.NullMarked;
