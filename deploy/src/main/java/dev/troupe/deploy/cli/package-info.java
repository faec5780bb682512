/** The command line: one class a verb, which parses and then calls what does the work. */
@NullMarked
package dev.troupe.deploy.cli;

import org.jspecify.annotations.NullMarked;
