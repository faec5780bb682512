/**
 * Brings faults about where they strike: in an agent's JVM and in a worker process.
 *
 * <p>Whoever may order faults may kill and stop processes, damage a model while it is trained and,
 * with the rights for it, cut a machine off. So a process has none of this unless it was started
 * with {@code --allow-faults}, whatever it receives.
 */
@NullMarked
package dev.troupe.deploy.chaos.inject;

import org.jspecify.annotations.NullMarked;
