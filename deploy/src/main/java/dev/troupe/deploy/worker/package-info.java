/**
 * Worker processes: what holds the GPU actors of a node.
 *
 * <pre>
 * agent's JVM                               worker's JVM
 * NodeAgent - RankProxy (one a rank) - WorkerProcess ==socket== WorkerMain - GpuActor (one a rank)
 * </pre>
 *
 * The socket is a file of the machine. Either side sees at once that the other one is gone, because
 * the system closes the sockets of a process that dies.
 */
@NullMarked
package dev.troupe.deploy.worker;

import org.jspecify.annotations.NullMarked;
