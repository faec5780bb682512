package dev.troupe.collectives.comm.nccl;

/** NCCL refused a call, or failed inside: a mistake of ours, or of NCCL. */
public final class NcclException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int result;

  NcclException(String message, int result) {
    super(message);
    this.result = result;
  }

  /** NCCL's result, a {@code ncclResult_t}. */
  public int result() {
    return result;
  }
}
