/**
 * Runs over several processes and hosts.
 *
 * <pre>
 * launch, or node --control      the coordinator (cluster singleton), reports, HTTP API
 *   |  cluster
 * node                           a node agent; starts and watches its worker processes
 *   |  socket of the machine
 * worker                         GPU actors
 * </pre>
 */
@NullMarked
package dev.troupe.deploy.launch;

import org.jspecify.annotations.NullMarked;
