/** Tests of processes of ours. */
@NullMarked
package dev.troupe.deploy.process;

import org.jspecify.annotations.NullMarked;
