/** {@code troupe chaos}: a run under a plan of faults, its undisturbed twin, and the verdict. */
@NullMarked
package dev.troupe.deploy.chaos;

import org.jspecify.annotations.NullMarked;
