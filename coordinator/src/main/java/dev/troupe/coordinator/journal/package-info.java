/**
 * What survives a coordinator: one register, kept by a file or by a majority of the control nodes.
 *
 * <pre>
 *   coordinator -> Journal -> FileJournal   -> AcceptorFile            one control node
 *                          -> QuorumJournal -> AcceptorActor (n times)  several
 *                               Proposer         Acceptor, AcceptorFile
 * </pre>
 *
 * An {@link dev.troupe.coordinator.journal.Acceptor} promises a term to one proposer and then
 * refuses all lower ones, so that of two coordinators the older one cannot write any more.
 */
@NullMarked
package dev.troupe.coordinator.journal;

import org.jspecify.annotations.NullMarked;
