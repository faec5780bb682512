/** Tests of worker processes and their supervision. */
@NullMarked
package dev.troupe.deploy.worker;

import org.jspecify.annotations.NullMarked;
