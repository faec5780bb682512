package dev.troupe.collectives.comm.nccl;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one thread of a rank into NCCL at a time: its communicators allow no call while another
 * thread aborts them. Nobody waits for a GPU or a peer inside.
 */
final class Gate extends ReentrantLock {
  private static final long serialVersionUID = 1L;
}
