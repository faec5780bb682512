package dev.troupe.collectives.comm.nccl;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;

/** NCCL refused a call, or failed inside: the network, another rank, or a mistake of ours. */
public final class NcclException extends TroupeException {
  private static final long serialVersionUID = 1L;

  private final int result;

  NcclException(String message, int result) {
    super(Category.PEER, message);
    this.result = result;
  }

  /** NCCL's result, a {@code ncclResult_t}. */
  public int result() {
    return result;
  }
}
