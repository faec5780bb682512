/** Tests of the shell scripts. */
@NullMarked
package dev.troupe.deploy.launcher;

import org.jspecify.annotations.NullMarked;
