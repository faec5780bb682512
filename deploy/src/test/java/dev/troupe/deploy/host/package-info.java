/** Tests of what is read of the machine. */
@NullMarked
package dev.troupe.deploy.host;

import org.jspecify.annotations.NullMarked;
