/**
 * Collectives among processes of one host over files that all of them map.
 *
 * <pre>
 * root/PROCESS/lock             held while the process lives
 * root/PROCESS/owner            its process number and start time
 * root/PROCESS/17               a buffer of the process ({@link SharedMemory})
 * root/PROCESS/e3-world-r0      what rank 0 shows to its peers of group world in mesh epoch 3
 * root/PROCESS/abort-e3         why epoch 3 was aborted
 *
 * SharedCommunicators -&gt; SharedEpoch -&gt; SharedMeeting -&gt; {Board, Watch, Staging, Letters}
 * </pre>
 *
 * Every rank writes its own board and reads the others', so nobody waits for a common file to be
 * made. Folders are for the owner alone; names that come from another process are checked before
 * they become paths, and ranges before they are read.
 */
@NullMarked
package dev.troupe.collectives.comm.shared;

import org.jspecify.annotations.NullMarked;
