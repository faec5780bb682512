/**
 * Collectives among the processes of several hosts.
 *
 * <pre>
 * DataPlane (one a process: listener, handshakes, TCP or Aeron)
 *   +- LinkCommunicators (epochs and their placements; ends by epoch, group and rank)
 *        +- LinkCommunicator (one rank's end of one group; works in the rank's own thread)
 *             +- Traffic (what goes to and comes from one peer) over a Link
 *             +- Reduction (of this rank's slice)
 * </pre>
 *
 * Every rank owns a slice of the data. It receives that slice from every peer, reduces in rank
 * order, and sends the result to all, chunk by chunk as the bytes come. So every reduction has the
 * same bits as among threads of one process.
 */
@NullMarked
package dev.troupe.collectives.comm.link;

import org.jspecify.annotations.NullMarked;
