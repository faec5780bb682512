/** Tests of the command line. */
@NullMarked
package dev.troupe.deploy.cli;

import org.jspecify.annotations.NullMarked;
