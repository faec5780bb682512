package dev.troupe.collectives.comm;

/** A collective ended because its communicator was aborted; the buffers' contents are undefined. */
public final class CommunicatorAbortedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with the reason that was given to {@link Communicator#abort}. */
  public CommunicatorAbortedException(String reason) {
    super(reason);
  }
}
