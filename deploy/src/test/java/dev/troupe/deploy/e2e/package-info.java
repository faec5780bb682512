/** The whole program, from the command line to the files it leaves. */
@NullMarked
package dev.troupe.deploy.e2e;

import org.jspecify.annotations.NullMarked;
